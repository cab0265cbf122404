import { PlatformError } from '#core/shared/index.ts';
import { shown } from '../read-request.ts';
import { BinaryPart } from './binary-part.ts';
import { readTensor, type TensorLimits } from './read-tensor.ts';
import { isObject, own, type Tensor, tensorInvalid, type Utf8 } from './tensor.ts';

/** An infer request: JSON as parsed, and the bytes behind it. */
export interface InferMessage {
  readonly json: unknown;
  readonly binary: Uint8Array;
}

export interface AskedOutput {
  readonly name: string;
  readonly isBinary: boolean;
}

export interface InferRequest {
  readonly id: string | undefined;
  readonly rows: number;
  readonly inputs: readonly Tensor[];
  /** Undefined asks for all. */
  readonly outputs: readonly AskedOutput[] | undefined;
  /** How outputs come of which nothing else is said. */
  readonly isBinary: boolean;
  /** How long the caller waits, milliseconds. */
  readonly timeoutMs: number | undefined;
}

/** More inputs or outputs than any model has. */
const MOST_TENSORS = 4_096;
const MOST_ID_CHARACTERS = 256;

const invalid = (what: string): PlatformError => new PlatformError('INVALID_REQUEST', what);

const readId = (id: unknown): string | undefined => {
  if (id === undefined || id === '') return undefined;
  if (typeof id === 'string' && id.length <= MOST_ID_CHARACTERS) return id;
  throw invalid(`id must be a text of at most ${MOST_ID_CHARACTERS} characters, got ${shown(id)}`);
};

const readList = (name: string, list: unknown): readonly unknown[] => {
  if (Array.isArray(list) && list.length > 0 && list.length <= MOST_TENSORS) return list;
  throw invalid(
    `an infer request has a list of ${name}, got ${Array.isArray(list) ? `${list.length} of them` : shown(list)}; send {"inputs": [{"name", "datatype", "shape", "data"}]}`,
  );
};

type Parameters = Readonly<Record<string, unknown>>;

const readParameters = (of: Parameters): Parameters => {
  const parameters = own(of, 'parameters');
  if (parameters === undefined || isObject(parameters)) return parameters ?? {};
  throw invalid(`parameters must be an object, got ${shown(parameters)}`);
};

const readOutput =
  (isBinary: boolean) =>
  (output: unknown): AskedOutput => {
    const name = isObject(output) ? own(output, 'name') : undefined;
    if (!isObject(output) || typeof name !== 'string')
      throw invalid(`an output is asked for as {"name": "…"}, got ${shown(name ?? output)}`);
    const asked = own(readParameters(output), 'binary_data');
    return { name, isBinary: typeof asked === 'boolean' ? asked : isBinary };
  };

const MICROSECONDS = 1_000;

const readTimeoutMs = (parameters: Parameters): number | undefined => {
  const timeout = own(parameters, 'timeout');
  // 0 is the protocol's "no timeout".
  if (timeout === undefined || timeout === 0) return undefined;
  if (typeof timeout === 'number' && timeout > 0) return timeout / MICROSECONDS;
  throw invalid(`the parameter timeout must be a number of microseconds, got ${shown(timeout)}`);
};

const refuseMixedRows = (inputs: readonly Tensor[]): number => {
  const names = new Set<string>();
  const rows = inputs[0]?.rows ?? 0;
  for (const tensor of inputs) {
    if (names.has(tensor.name)) throw tensorInvalid(tensor.name, 'comes twice; send it once');
    if (tensor.rows !== rows)
      throw tensorInvalid(tensor.name, `has ${tensor.rows} rows, ${inputs[0]?.name} has ${rows}; send as many of each`);
    names.add(tensor.name);
  }
  return rows;
};

/**
 * Reads an infer request of the Open Inference Protocol.
 * @throws {PlatformError} INVALID_REQUEST, TENSOR_INVALID with the tensor's name
 */
export const readInfer = ({ json, binary }: InferMessage, { mostRows, utf8 }: { mostRows: number; utf8: Utf8 }) => {
  if (!isObject(json)) throw invalid(`an infer request is a JSON object, got ${shown(json)}`);
  const parameters = readParameters(json);
  const isBinary = own(parameters, 'binary_data_output') === true;
  const limits: TensorLimits = { mostRows, isNanMissing: own(parameters, 'nan_is_missing') === true };
  const part = new BinaryPart(binary, utf8);
  const inputs = readList('inputs', own(json, 'inputs')).map((input) => readTensor(input, part, limits));
  if (part.left() > 0)
    throw invalid(`${part.left()} bytes stand behind the last tensor; binary_data_size must tell all of them`);
  const outputs = own(json, 'outputs');
  return {
    id: readId(own(json, 'id')),
    rows: refuseMixedRows(inputs),
    inputs,
    outputs: outputs === undefined ? undefined : readList('outputs', outputs).map(readOutput(isBinary)),
    isBinary,
    timeoutMs: readTimeoutMs(parameters),
  } satisfies InferRequest;
};

/**
 * Where JSON ends and bytes begin.
 * @param headerLength value of Inference-Header-Content-Length
 * @throws {PlatformError} INVALID_REQUEST
 */
export const splitBody = (body: Uint8Array, headerLength: string | undefined): readonly [Uint8Array, Uint8Array] => {
  if (headerLength === undefined) return [body, body.subarray(body.length)];
  const length = /^\d{1,15}$/.test(headerLength) ? Number(headerLength) : -1;
  if (length < 0 || length > body.length)
    throw invalid(
      `Inference-Header-Content-Length is ${shown(headerLength)}, the body has ${body.length} bytes; it is the length of the JSON before the tensors`,
    );
  return [body.subarray(0, length), body.subarray(length)];
};
