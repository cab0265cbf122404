import type { DatasetInput, MetricPoint, RunBatch } from '#contracts/tracking.ts';
import { PlatformError } from '../shared/errors.ts';

/** Limits of MLflow 3.17's server (mlflow/utils/validation.py), in characters or entities. */
export const limits = {
  metricsABatch: 1_000,
  paramsABatch: 100,
  tagsABatch: 100,
  /** Metrics, params and tags together; its clients split at it. */
  entitiesABatch: 1_000,
  key: 250,
  paramValue: 6_000,
  runTagValue: 8_000,
  experimentName: 500,
  userId: 256,
  experimentsASearch: 1_000,
  experimentTagValue: 20_000,
  datasetsACall: 1_000,
  datasetSummaries: 1_000,
} as const;

const SHOWN = 100;
const shown = (text: string): string => JSON.stringify(text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`);

/** @throws INVALID_REQUEST */
export const invalid = (message: string, details: Record<string, unknown> = {}): never => {
  throw new PlatformError('INVALID_REQUEST', message, details);
};

// Characters as Python counts them: a pair of surrogates is one.
const longer = (text: string, limit: number): boolean => text.length > limit && [...text].length > limit;

/** @throws INVALID_REQUEST */
export const checkLength = (what: string, text: string, limit: number): void => {
  if (longer(text, limit)) invalid(`${what} exceeds the maximum length of ${limit} characters: ${shown(text)}`);
};

/** The text, or as much of it as the limit has room for. */
export const cut = (text: string, limit: number): string =>
  longer(text, limit) ? [...text].slice(0, limit).join('') : text;

const NAME = /^[/\p{L}\p{N}_.\- :]*$/u;
// Names may become files, so a name must be what it resolves to.
const isPath = (name: string): boolean =>
  !name.startsWith('..') && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

// An object's prototype rather than one of its keys: what is kept under it is lost on the way.
const refusePrototype = (what: string, name: string): void => {
  if (name === '__proto__') invalid(`${what} "__proto__" cannot be kept; take another name`);
};

/** Checks the key of a metric, param or tag. @throws INVALID_REQUEST */
export const checkKey = (what: string, name: string): void => {
  if (!NAME.test(name))
    invalid(
      `${what} ${shown(name)} is invalid: names may only contain alphanumerics, underscores (_), dashes (-), ` +
        'periods (.), spaces ( ), colons (:) and slashes (/)',
    );
  if (!isPath(name))
    invalid(`${what} ${shown(name)} is invalid: it must be a path without empty parts, "." and "..", such as a/b`);
  checkLength(what, name, limits.key);
  refusePrototype(what, name);
};

const DATASET_LIMITS = { name: 500, digest: 36, source: 65_535, schema: 1_048_575, profile: 16_777_215 } as const;

const checkMetric = (point: MetricPoint): void => {
  checkKey('metric name', point.key);
  if (point.timestampMs < 0)
    invalid(`metric ${shown(point.key)} has the timestamp ${point.timestampMs}; it must be a nonnegative long`);
  checkLength('dataset name', point.datasetName ?? '', DATASET_LIMITS.name);
  checkLength('dataset digest', point.datasetDigest ?? '', DATASET_LIMITS.digest);
};

const checkCount = (what: string, count: number, limit: number): void => {
  if (count > limit) invalid(`a batch can contain at most ${limit} ${what}, got ${count}; split them up`);
};

/** Long values are cut, as MLflow's server does, since a run must not end for a long text. */
const cutTexts = (what: string, texts: Readonly<Record<string, string>>, limit: number): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts).map(([key, value]) => {
      checkKey(what, key);
      return [key, cut(value, limit)];
    }),
  );

/** @throws INVALID_REQUEST */
export const checkedTags = (tags: Readonly<Record<string, string>>): Record<string, string> =>
  cutTexts('tag name', tags, limits.runTagValue);
/** @throws INVALID_REQUEST */
export const checkedParams = (params: Readonly<Record<string, string>>): Record<string, string> =>
  cutTexts('param name', params, limits.paramValue);

/** The batch as it may be stored. @throws INVALID_REQUEST */
export const checkedBatch = ({ metrics, params, tags }: RunBatch): RunBatch => {
  checkCount('metrics', metrics.length, limits.metricsABatch);
  checkCount('params', Object.keys(params).length, limits.paramsABatch);
  checkCount('tags', Object.keys(tags).length, limits.tagsABatch);
  for (const metric of metrics) checkMetric(metric);
  return { metrics, params: checkedParams(params), tags: checkedTags(tags) };
};

/** @throws INVALID_REQUEST: every experiment is read on its own, so a search of more would take too long */
export const searchedExperiments = (experimentIds: readonly string[]): string[] => {
  const ids = [...new Set(experimentIds)];
  if (ids.length > limits.experimentsASearch)
    invalid(
      `one search takes at most ${limits.experimentsASearch} experiments, got ${ids.length}; search some at a time`,
    );
  return ids;
};

/** @throws INVALID_REQUEST */
export const checkExperimentName = (name: string): void => {
  if (name === '') invalid('the experiment name is empty; give it one');
  checkLength('experiment name', name, limits.experimentName);
};

/** Experiment tags are refused when they are too long, not cut. @throws INVALID_REQUEST */
export const checkExperimentTags = (tags: Readonly<Record<string, string>>): void => {
  for (const [key, value] of Object.entries(tags)) {
    checkKey('tag name', key);
    checkLength(`value of tag "${key}"`, value, limits.experimentTagValue);
  }
};

/** @throws INVALID_REQUEST */
export const checkDataset = (dataset: DatasetInput): void => {
  for (const [field, limit] of Object.entries(DATASET_LIMITS))
    checkLength(`dataset ${field}`, dataset[field as keyof typeof DATASET_LIMITS] ?? '', limit);
  for (const [key, value] of Object.entries(dataset.tags)) {
    checkLength('input tag key', key, 255);
    refusePrototype('input tag key', key);
    checkLength(`value of input tag "${key}"`, value, 500);
  }
};

const MODEL_ID = /^[\w.-]{1,250}$/;

/** @throws INVALID_REQUEST */
export const checkModelId = (modelId: string): void => {
  if (!MODEL_ID.test(modelId))
    invalid(
      `${shown(modelId)} is no id of a logged model; one is m- and 32 hex digits, as the answer to creating it says`,
    );
};

// They would make paths, addresses or search texts ambiguous.
const BAD_IN_MODEL_NAMES = /[/:.%"']/;

/** @throws INVALID_REQUEST */
export const checkLoggedModelName = (name: string): void => {
  if (name === '' || BAD_IN_MODEL_NAMES.test(name))
    invalid(`the model name ${shown(name)} is invalid: it must not be empty nor contain / : . % " or '`);
  checkLength('model name', name, limits.experimentName);
};
