import type { z } from 'zod';
import type { Role } from '#contracts/routes.ts';
import {
  type OnlineDeps,
  type PushDeps,
  pushFeatures,
  readOnline,
  type StartMaterializationDeps,
  writeOnline,
} from '#core/features/index.ts';
import type { FeastReply } from './errors.ts';
import { materializeNow, type Waiting } from './materialize.ts';
import { type Message, messages } from './messages.ts';
import { onlineReply } from './online-reply.ts';
import { feastTime, named } from './times.ts';

export type FeastDeps = OnlineDeps & PushDeps & StartMaterializationDeps & Pick<Waiting, 'longestWaitMs'>;

/** What is asked, apart from its body. */
export interface Asked {
  /** Named in the path: /feast/{project}/push. */
  readonly project: string | undefined;
  readonly isAsync: boolean;
}

export interface Operation {
  readonly method: 'GET' | 'POST';
  /** Open to all where there is none. */
  readonly role?: Role;
  readonly message?: z.ZodType;
  readonly run: (deps: FeastDeps, asked: Asked, message: never) => Promise<FeastReply>;
}

const getOnlineFeatures = async (deps: FeastDeps, { project }: Asked, message: Message<'getOnlineFeatures'>) => {
  const { entities, full_feature_names: fullFeatureNames, include_feature_view_version_metadata: versions } = message;
  const asked = message.feature_service ? { featureService: message.feature_service } : { features: message.features };
  const request = { ...(project !== undefined && { project }), ...asked };
  // A push that was answered is seen: Feast's stores promise as much.
  const reply = await readOnline(deps, { ...request, entities, fullFeatureNames, consistent: true });
  const plan = await deps.plans(request);
  return { statusCode: 200, body: onlineReply({ plan, entities, reply, versions }) };
};

const lenient = { time: feastTime, ignoreUnknown: true };

const push = async (deps: FeastDeps, { project }: Asked, { df, to, push_source_name }: Message<'push'>) => {
  await pushFeatures(deps, { project, pushSource: push_source_name, columns: named(df), to, ...lenient });
  return { statusCode: 200 };
};

const write = async (deps: FeastDeps, { project }: Asked, message: Message<'writeToOnlineStore'>) => {
  await writeOnline(deps, { project, view: message.feature_view_name, columns: named(message.df), ...lenient });
  return { statusCode: 200, body: null };
};

const time = (text: string | null | undefined, called: string) =>
  text ? { [called]: feastTime(text, called).toISOString() } : {};

const materialize = (deps: FeastDeps, { project, isAsync }: Asked, message: Message<'materialize'>) => {
  const always = message.disable_event_timestamp;
  const range = always
    ? { start: new Date(0).toISOString() }
    : { ...time(message.start_ts, 'start'), ...time(message.end_ts, 'end') };
  return materializeNow(
    deps,
    { project, featureViews: message.feature_views ?? undefined, ...range },
    waiting(deps, isAsync),
  );
};

const materializeIncremental = (
  deps: FeastDeps,
  { project, isAsync }: Asked,
  message: Message<'materializeIncremental'>,
) => {
  const request = { project, featureViews: message.feature_views ?? undefined, ...time(message.end_ts, 'end') };
  return materializeNow(deps, request, waiting(deps, isAsync));
};

const waiting = ({ longestWaitMs }: FeastDeps, isAsync: boolean): Waiting => ({
  isAsync,
  ...(longestWaitMs !== undefined && { longestWaitMs }),
});

const health = async ({ catalog }: FeastDeps) => {
  await catalog.list({ kind: 'view' }, { maxResults: 1 });
  return { statusCode: 200 };
};

/** By the last part of the path. */
export const operations: Readonly<Record<string, Operation>> = {
  'get-online-features': {
    method: 'POST',
    role: 'viewer',
    message: messages.getOnlineFeatures,
    run: getOnlineFeatures,
  },
  push: { method: 'POST', role: 'scientist', message: messages.push, run: push },
  'write-to-online-store': { method: 'POST', role: 'scientist', message: messages.writeToOnlineStore, run: write },
  materialize: { method: 'POST', role: 'scientist', message: messages.materialize, run: materialize },
  'materialize-incremental': {
    method: 'POST',
    role: 'scientist',
    message: messages.materializeIncremental,
    run: materializeIncremental,
  },
  health: { method: 'GET', run: health },
};
