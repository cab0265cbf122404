import type { Buffer } from 'node:buffer';
import type { CallerFacts } from './caller.ts';
import { bodyBytes } from './http-body.ts';
import type { HttpEvent } from './http-request.ts';

/** A call of MLflow's REST API, however it came. */
export interface MlflowCall {
  readonly method: string;
  /** Decoded exactly once, without the stage or what else stands before /api/. */
  readonly path: string;
  readonly rawQuery: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly caller: CallerFacts;
  readonly requestId: string;
  /** What of a file's bytes the way back takes in one answer. @default what Lambda lets out */
  readonly mostAnswerBytes?: number;
}

// A base path of the address people use (stage, API mapping) stands before the part that MLflow's clients add to it.
const MLFLOW_PART = /\/(?:ajax-)?api\/[23]\.0\/mlflow/;

const withoutStage = (path: string, stage: string | undefined): string => {
  const prefix = `/${stage}/`;
  return stage !== undefined && path.startsWith(prefix) ? path.slice(prefix.length - 1) : path;
};

/** Without what stands before /api/. @example withoutBase('/prod/api/2.0/mlflow/x') // '/api/2.0/mlflow/x' */
export const withoutBase = (path: string): string => {
  const at = path.search(MLFLOW_PART);
  return at > 0 ? path.slice(at) : path;
};

/** An HTTP API hands the path on decoded, except for the escape of the percent sign itself. */
const decodedOnce = (rawPath: string): string => rawPath.replaceAll('%25', '%');

/** The call in an HTTP API's event (payload 2.0) behind the authorizer. */
export const callOfHttpApi = (event: HttpEvent): MlflowCall => {
  const { http, stage, requestId, authorizer } = event.requestContext;
  return {
    method: http.method,
    path: withoutBase(withoutStage(decodedOnce(event.rawPath), stage)),
    rawQuery: event.rawQueryString,
    headers: event.headers,
    body: bodyBytes(event),
    caller: authorizer?.lambda,
    requestId,
  };
};
