import type { Prediction } from '#contracts/serving.ts';
import { type Digest, PlatformError } from '#core/shared/index.ts';
import { type Redactor, redact } from '../ledger/index.ts';
import type { Served } from '../load-deployment.ts';
import { type ModelFields, modelFields } from '../model-fields.ts';
import type { ServedModel } from '../ports.ts';
import type { Fields } from '../read-request.ts';
import { featuresIn, type RowPlan, rowPlan } from '../rows/index.ts';
import { type PredictionTexts, predictionTexts } from './prediction-texts.ts';

/** Everything of a variant that is the same for all of its requests. */
export interface ServedPath {
  readonly served: Served;
  readonly model: ServedModel;
  readonly version: string;
  readonly variant: Prediction['variant'];
  readonly fields: ModelFields;
  readonly plan: RowPlan;
  readonly redactor: Redactor;
  readonly texts: PredictionTexts;
  /** The features of a row out of its own text; undefined for a text that cannot be cut. */
  readonly cut: (text: string, fields: Fields) => string | undefined;
}

const cutter = ({ inputs, entityKey }: ServedModel['facts']): ServedPath['cut'] =>
  inputs.some(({ name }) => name === entityKey) ? () => undefined : featuresIn(entityKey, inputs.length);

const compile = (served: Served, version: number, digest: Digest): ServedPath => {
  const { deployment } = served;
  const model = served.models.get(version);
  if (!model) throw new PlatformError('INTERNAL', `version ${version} is chosen but not in memory; try again`);
  const variant = version === deployment.variants[0]?.version ? 'stable' : 'canary';
  const { facts } = model;
  const redactor = redact(deployment.redaction, digest, facts.entityKey);
  const names = { model_name: deployment.model, model_version: String(version), variant } as const;
  return {
    ...{ served, model, variant, redactor, version: String(version) },
    fields: modelFields(facts),
    plan: rowPlan(facts),
    cut: cutter(facts),
    texts: predictionTexts({ names, model, deployment, redactor }),
  };
};

const known = new WeakMap<Served, Map<number, ServedPath>>();

/** Compiled once for each variant of a deployment, however many requests it answers. */
export const servedPath = (served: Served, version: number, digest: Digest): ServedPath => {
  let paths = known.get(served);
  if (!paths) {
    paths = new Map();
    known.set(served, paths);
  }
  let path = paths.get(version);
  if (!path) {
    path = compile(served, version, digest);
    paths.set(version, path);
  }
  return path;
};
