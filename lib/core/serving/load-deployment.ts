import type { Deployment, Variant } from '#contracts/deployment.ts';
import { modelFields } from './model-fields.ts';
import type { Notice, ServedModel, Telemetry } from './ports.ts';
import type { ModelShelf } from './shelf/index.ts';

/** A deployment with its models, all checked: what a request meets. */
export interface Served {
  readonly deployment: Deployment;
  /** Variants whose models are here, the stable one first. */
  readonly variants: readonly [Variant, ...Variant[]];
  readonly models: ReadonlyMap<number, ServedModel>;
  /** Every field that a request may bring. */
  readonly allowed: ReadonlySet<string>;
}

export interface LoadedDeployment {
  readonly served: Served;
  /** Whether every variant that gets traffic is here. */
  readonly isWhole: boolean;
}

export interface LoadDeps {
  readonly shelf: Pick<ModelShelf, 'take'>;
  readonly telemetry: Pick<Telemetry, 'loadFailed'>;
  readonly notice: Notice;
}

/** Whether there is anything to look up: a model folder has no feature store. */
export const hasStore = ({ deployment }: Pick<Served, 'deployment'>): boolean => deployment.featureService !== '';

const fieldsOf = (deployment: Deployment, models: ReadonlyMap<number, ServedModel>): Set<string> => {
  const fields = new Set([deployment.stickyKey]);
  const { requestFields } = deployment;
  const mayBring = (name: string): boolean => requestFields?.includes(name) ?? true;
  for (const { facts } of models.values()) {
    fields.add(facts.entityKey);
    const { given, requestFields: needed } = modelFields(facts);
    for (const { name } of given) if (mayBring(name)) fields.add(name);
    for (const name of needed) fields.add(name);
  }
  return fields;
};

const open = async (deps: LoadDeps, model: string, variant: Variant): Promise<ServedModel | undefined> => {
  const version = String(variant.version);
  try {
    return await deps.shelf.take(variant);
  } catch (error) {
    // At weight 0 a variant only waits to take traffic back: nothing is hurt yet.
    if (variant.weight > 0) deps.telemetry.loadFailed(model, version);
    const reason = error instanceof Error ? error.message : String(error);
    deps.notice('model not loaded', { model, version, reason });
    return undefined;
  }
};

/** Opens the models of a document; undefined when none would. */
export const loadDeployment = async (deps: LoadDeps, deployment: Deployment): Promise<LoadedDeployment | undefined> => {
  const models = new Map<number, ServedModel>();
  await Promise.all(
    deployment.variants.map(async (variant) => {
      const opened = await open(deps, deployment.model, variant);
      if (opened) models.set(variant.version, opened);
    }),
  );
  const [first, ...others] = deployment.variants.filter(({ version }) => models.has(version));
  if (!first) return undefined;
  const isWhole = deployment.variants.every(({ version, weight }) => weight === 0 || models.has(version));
  const served = { deployment, variants: [first, ...others] as const, models, allowed: fieldsOf(deployment, models) };
  return { served, isWhole };
};
