import type { ErrorCode } from '#contracts/errors.ts';
import { errorReply } from '../../_shared/http-error.ts';

/** An answer of the door: its body is JSON, undefined is none at all. */
export interface FeastReply {
  readonly statusCode: number;
  readonly body?: unknown;
}

/** One thing that is wrong with a request, as FastAPI tells it. */
export interface Problem {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input?: unknown;
}
export const unprocessable = (detail: readonly Problem[]): FeastReply => ({ statusCode: 422, body: { detail } });

// Feast's client raises the class that it is told, whatever the status; but it asks again three times after a 5xx.
const classes: Readonly<Partial<Record<ErrorCode, readonly [statusCode: number, name: string]>>> = {
  VIEW_NOT_FOUND: [404, 'FeatureViewNotFoundException'],
  SERVICE_NOT_FOUND: [404, 'FeatureServiceNotFoundException'],
  FEATURE_NOT_FOUND: [404, 'SpecifiedFeaturesNotPresentError'],
  FEATURE_NAMES_CLASH: [422, 'FeatureNameCollisionError'],
  PUSH_SOURCE_NOT_FOUND: [422, 'PushSourceNotFoundException'],
  FIELD_UNKNOWN: [404, 'EntityNotFoundException'],
  PROJECT_NOT_FOUND: [404, 'ProjectNotFoundException'],
  PERMISSION_DENIED: [403, 'FeastPermissionError'],
};

/** Text that Feast's client makes its own exception of. */
const errorDetail = (name: string, message: string): string =>
  JSON.stringify({ module: 'feast.errors', class: name, message });

const MATERIALIZING: ErrorCode = 'MATERIALIZATION_RUNNING';

/** An error in Feast's dialect: its exception as a JSON string, FastAPI's detail for bad requests, else the sentence. */
export const feastError = (error: unknown, requestId: string): FeastReply => {
  const { statusCode, body } = errorReply(error, requestId);
  const { code, message } = body.error;
  const known = classes[code];
  if (known) return { statusCode: known[0], body: errorDetail(known[1], message) };
  if (code === MATERIALIZING) return { statusCode: 409, body: { error: message, feature_views: [] } };
  if (statusCode === 401 || statusCode === 404 || statusCode === 405) return { statusCode, body: { detail: message } };
  if (statusCode < 500) return unprocessable([{ type: code.toLowerCase(), loc: ['body'], msg: message }]);
  return { statusCode, body: message };
};
