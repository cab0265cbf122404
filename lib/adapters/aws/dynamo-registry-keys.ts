/**
 * REGISTRY_TABLE:
 * - MODELS / {name}                              a name: the model that bears it and those that bore it
 * - MODEL#{model key} / V#{version}              a version; deleted ones stay, marked
 * - MODEL#{model key} / K#{idempotency key}      the version that was registered under a caller's key
 * - HISTORY#{model key} / {sequence}             an immutable record of a change
 * - RUN#{run id} / {model key}#{version}         a version that was made of a run
 */
export const MODELS = 'MODELS';
export const VERSION_PREFIX = 'V#';

const padded = (number: number): string => String(number).padStart(10, '0');

export const modelPartition = (modelKey: string): string => `MODEL#${modelKey}`;
export const historyPartition = (modelKey: string): string => `HISTORY#${modelKey}`;
export const runPartition = (runId: string): string => `RUN#${runId}`;
export const versionKey = (version: number): string => `${VERSION_PREFIX}${padded(version)}`;
export const sequenceKey = padded;
export const onceKey = (idempotencyKey: string): string => `K#${idempotencyKey}`;
