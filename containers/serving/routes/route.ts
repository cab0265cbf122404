import type { IncomingMessage } from 'node:http';
import type { Fleet, PredictDeps } from '#core/serving/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { FleetFollower } from '../fleet-follower.ts';
import type { errorReply, Reply } from '../reply.ts';
import type { UploadDoor } from '../uploads/upload-door.ts';

export interface RouteDeps {
  readonly predict: PredictDeps;
  /** State of a served model, undefined for one that is not. */
  readonly health: Fleet['health'];
  readonly follower: Pick<FleetFollower, 'isReady' | 'isRegistryAway'>;
  readonly uploads: Pick<UploadDoor, 'take'>;
  readonly renderMetrics: () => string;
  readonly isDraining: () => boolean;
  /** Model that POST /predict asks. @default the only one served */
  readonly defaultModel?: string | undefined;
}

export interface Call {
  readonly request: IncomingMessage;
  readonly requestId: string;
  /** Empty when the gateway knew nobody. */
  readonly caller: string;
  readonly model: string;
}

export interface MatchedRoute {
  /** The route's template, for metrics. */
  readonly endpoint: string;
  readonly model: string;
  /** Whether a prediction: counted in flight and written to the access log. */
  readonly isLogged: boolean;
  /** Whether its body may take as long as it likes to come. @default false */
  readonly isUpload?: true;
  /** How its callers read errors. @default the platform's own shape */
  readonly toError?: typeof errorReply;
  answer(call: Call): Promise<Reply> | Reply;
}

export type Answer = MatchedRoute['answer'];

/** Finds the route of a request; undefined leaves it to the other families. */
export type FindRoute = (method: string, path: string) => MatchedRoute | undefined;
/** Routes that belong together, a list of equals. */
export type RouteFamily = (deps: RouteDeps) => FindRoute;

/** A family of paths without parameters, read by GET and HEAD. */
export const fixedRoutes = (answers: Readonly<Record<string, Answer>>, isLogged = false): FindRoute => {
  const routes = new Map<string, MatchedRoute>(
    Object.entries(answers).map(([path, answer]) => [path, { endpoint: path, model: '', isLogged, answer }]),
  );
  return (method, path) => (method === 'GET' || method === 'HEAD' ? routes.get(path) : undefined);
};

/** What follows the question mark. */
export const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams => {
  const at = url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
};

/** UNAUTHENTICATED: the gateway knows nobody by the key that came, if any. */
export const unauthenticated = (): PlatformError =>
  new PlatformError(
    'UNAUTHENTICATED',
    'no valid API key came with this request; send it as "Authorization: Bearer KEY"; "mlp keys create" (POST /keys) makes one',
  );

export const refuseNobody = (caller: string): void => {
  if (caller === '') throw unauthenticated();
};

// Before its first look at the registry a task cannot tell what nobody deployed from what it has yet to load: that
// is for the caller to ask again, not to give up.
export const refuseBeforeReady = ({ predict: { fleet }, follower }: RouteDeps, model: string): void => {
  if (follower.isReady() || fleet.models().includes(model)) return;
  throw new PlatformError('UNAVAILABLE', 'this task is still loading its models; try again shortly');
};
