import { Buffer } from 'node:buffer';
import { callerContext } from '#contracts/routes.ts';
import { lambdaContext } from '../_shared/_event.ts';

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** @default nobody */
  readonly role?: string;
}

export interface Got {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded?: boolean;
}

type Door = (event: unknown, context: unknown) => Promise<Got>;

/** Calls a door of MLflow's API as API Gateway would. */
export const callMlflow =
  (door: unknown) =>
  ({ method = 'GET', path, query = '', headers = {}, body, role }: Asked): Promise<Got> => {
    const lambda = { [callerContext.id]: 'ann', [callerContext.role]: role };
    const event = {
      rawPath: path,
      rawQueryString: query,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      requestContext: {
        http: { method },
        stage: '$default',
        requestId: 'request-1',
        ...(role !== undefined && { authorizer: { lambda } }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    return (door as Door)(event, lambdaContext);
  };

export const bytesOf = ({ body, isBase64Encoded }: Got): Buffer =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
export const jsonOf = (got: Got): Record<string, unknown> => JSON.parse(got.body) as Record<string, unknown>;
