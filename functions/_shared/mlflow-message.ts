import { z } from 'zod';
import { type MlflowRoute, message } from '#contracts/mlflow/wire.ts';
import { PlatformError } from '#core/shared/index.ts';
import { boundedBody, isJsonType, parseBody } from './http-body.ts';
import { shownJson } from './json.ts';
import type { MlflowCall } from './mlflow-call.ts';
import { MlflowError } from './mlflow-errors.ts';

type Path = readonly PropertyKey[];
const SEE_DOCS = ' See the API docs for more information about request parameters.';
const SHOWN_CHARACTERS = 200;

const unwrapped = (field: z.core.SomeType): z.core.SomeType =>
  field instanceof z.ZodOptional || field instanceof z.ZodDefault ? unwrapped(field.def.innerType) : field;

// A map, since an object knows words of its own, such as "constructor".
const TRUTHS = new Map([
  ['true', true],
  ['false', false],
]);
const truth = (text: string | null): unknown => TRUTHS.get(text?.toLowerCase() ?? '') ?? text;

/** A repeated parameter is a list; of another the first counts. */
const readQuery = (shape: z.ZodRawShape, rawQuery: string): Record<string, unknown> => {
  const params = new URLSearchParams(rawQuery);
  // Both names of a run's id, of which one is not in the shape.
  const names = [...Object.keys(shape), 'run_uuid'].filter((name) => params.has(name));
  const given = (name: string): unknown => {
    const field = name in shape && unwrapped(shape[name] as z.ZodType);
    if (field instanceof z.ZodArray) return params.getAll(name);
    return field instanceof z.ZodBoolean ? truth(params.get(name)) : params.get(name);
  };
  return Object.fromEntries(names.map((name) => [name, given(name)]));
};

/** Old clients encode their JSON twice. */
const decodedTwice = (value: unknown): unknown =>
  typeof value === 'string' ? parseBody(Buffer.from(value)) : (value ?? {});

/** @throws INVALID_PARAMETER_VALUE as MLflow's server says it */
const checkContentType = ({ method, headers }: MlflowCall): void => {
  if (method !== 'POST' && method !== 'PUT') return;
  const contentType = headers['content-type'];
  if (contentType === undefined)
    throw new MlflowError('INVALID_PARAMETER_VALUE', 'Bad Request. Content-Type header is missing.');
  if (!isJsonType(contentType))
    throw new MlflowError('INVALID_PARAMETER_VALUE', "Bad Request. Content-Type must be one of ['application/json'].");
};

const readJson = (call: MlflowCall): unknown => {
  checkContentType(call);
  const bytes = boundedBody(call.body);
  return bytes.byteLength === 0 ? {} : decodedTwice(parseBody(bytes));
};

const pythonType = (value: unknown): string => {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  const names: Record<string, string> = { string: 'str', boolean: 'bool', bigint: 'int', object: 'dict' };
  return names[typeof value] ?? 'NoneType';
};

/** @example pathText(['metrics', 0, 'key']) // 'metrics[0].key' */
const pathText = (path: Path): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at > 0 ? '.' : ''}${String(part)}`)).join('');

const valueAt = (input: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], input);

const problemText = (path: Path, value: unknown): string => {
  if (value === undefined || value === null || value === '')
    return `Missing value for required parameter '${pathText(path)}'.${SEE_DOCS}`;
  const shown = shownJson(value, SHOWN_CHARACTERS);
  const hint = ` Hint: Value was of type '${pythonType(value)}'.`;
  return `Invalid value ${shown} for parameter '${pathText(path)}' supplied: ${hint}${SEE_DOCS}`;
};

// Made once a shape, since making a schema costs more than using it.
const schemas = new WeakMap<z.ZodRawShape, z.ZodType>();
const schemaOf = (shape: z.ZodRawShape): z.ZodType => {
  const known = schemas.get(shape) ?? message(shape);
  schemas.set(shape, known);
  return known;
};

/** @throws INVALID_REQUEST that names the first field that is missing or mistyped, in the words of MLflow's server */
const parseFields = (shape: z.ZodRawShape, input: unknown): unknown => {
  const parsed = schemaOf(shape).safeParse(input);
  if (parsed.success) return parsed.data;
  const { path = [], ...issue } = parsed.error.issues[0] ?? {};
  const isTold = 'params' in issue && (issue.params as { told?: boolean } | undefined)?.told;
  const field = pathText(path);
  if (isTold && valueAt(input, path) !== '') throw new PlatformError('INVALID_REQUEST', issue.message ?? '', { field });
  if (path.length > 0) throw new PlatformError('INVALID_REQUEST', problemText(path, valueAt(input, path)), { field });
  const got = shownJson(input, SHOWN_CHARACTERS);
  throw new PlatformError('INVALID_REQUEST', `the body must be a JSON object, got ${got}`);
};

/** The message of a call: the query of a GET, else the JSON body. */
export const readMessage = ({ request: shape }: MlflowRoute, call: MlflowCall): unknown => {
  if (!shape) return undefined;
  const fromQuery = call.method === 'GET' && call.rawQuery !== '';
  return parseFields(shape, fromQuery ? readQuery(shape, call.rawQuery) : readJson(call));
};
