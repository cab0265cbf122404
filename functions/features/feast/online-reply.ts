import type { OnlineReply } from '#contracts/feature-requests.ts';
import type { FeatureType } from '#contracts/feature-views.ts';
import type { Columns, ReadPlan } from '#core/features/index.ts';

// What Node has and TypeScript's library does not know yet.
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };
const WHOLE = /^-?\d+$/;
const NEVER = '1970-01-01T00:00:00Z';

/** A double stays one for a client that tells 3 from 3.0; a time is whole seconds. */
const wireValue = (type: FeatureType | undefined, value: unknown): unknown => {
  if (typeof value !== 'number') return value;
  if (type === 'timestamp') return Math.floor(value);
  const text = String(value);
  return type === 'number' && WHOLE.test(text) ? rawJSON(`${text}.0`) : value;
};

/** As protobuf writes it: without a fraction where there is none. */
const wireTime = (time: string | null): string => time?.replace(/\.000Z$/, 'Z') ?? NEVER;

const typesOf = ({ views, onDemand }: ReadPlan): ReadonlyMap<string, FeatureType> =>
  new Map(
    [...views, ...onDemand].flatMap(({ version, features }) =>
      features.map(({ name, type }) => [`${version.name}:${name}`, type] as const),
    ),
  );

const keyColumn = (values: Columns[string]) => ({
  values,
  statuses: values.map(() => 'PRESENT'),
  event_timestamps: values.map(() => NEVER),
});

interface Answered {
  readonly plan: ReadPlan;
  readonly entities: Columns;
  readonly reply: OnlineReply;
  /** Whether the views' versions are told. */
  readonly versions: boolean;
}

/** Feast's answer in columns: join keys first, then the features in their order. */
export const onlineReply = ({ plan, entities, reply, versions }: Answered) => {
  const types = typesOf(plan);
  const keys = Object.entries(entities).filter(([name]) => plan.joinKeys.has(name));
  const features = reply.columns.map(({ values, statuses, eventTimes }, i) => {
    const { view = '', feature = '' } = plan.order[i] ?? {};
    const type = types.get(`${view}:${feature}`);
    return {
      values: values.map((value) => wireValue(type, value)),
      statuses,
      event_timestamps: eventTimes.map(wireTime),
    };
  });
  const known = plan.views.map(({ version }) => ({ name: version.name, version: version.version }));
  return {
    metadata: {
      feature_names: [...keys.map(([name]) => name), ...reply.featureNames],
      ...(versions && { feature_view_metadata: known }),
    },
    results: [...keys.map(([, values]) => keyColumn(values)), ...features],
  };
};
