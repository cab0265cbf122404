import { PlatformError } from '#core/shared/index.ts';
import { shown } from '../read-request.ts';

/** Null is what is missing. */
export type TensorValue = number | string | boolean | null;

/** A tensor of a request: `rows` times `width` values, a row's after another's. */
export interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly rows: number;
  readonly width: number;
  readonly values: readonly TensorValue[];
}

/** Text as bytes and back; a runtime brings it. */
export interface Utf8 {
  encode(text: string): Uint8Array;
  /** @throws when they are not UTF-8 */
  decode(bytes: Uint8Array): string;
}

/** @example throw tensorInvalid('tenure', 'has 3 values, its shape [2, 1] says 2; send as many') */
export const tensorInvalid = (name: string, what: string): PlatformError =>
  new PlatformError('TENSOR_INVALID', `tensor ${shown(name)} ${what}`, { tensor: name.slice(0, 256) });

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object's own member: what every object inherits is nobody's. */
export const own = (of: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(of, name) ? of[name] : undefined;
