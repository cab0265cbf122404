import type { Project } from '#contracts/project.ts';
import type { TrainingJob } from '#contracts/training.ts';
import type { ProductionGate } from '#contracts/training-options.ts';
import { trainingPlan } from '#core/pipelines/index.ts';
import { productionVersion, type ReadingDeps } from '#core/registry/index.ts';

type Compared = NonNullable<TrainingJob['production']>;

/** Gates that hold a candidate against the version in production, with the metric that each goes by. */
export const productionGates = (project: Project): Compared['gates'] => {
  const plan = trainingPlan(project);
  return plan.gates
    .filter((gate): gate is ProductionGate => 'against' in gate)
    .map(({ metric = plan.metric, margin, confidence }) => ({ metric, margin, confidence }));
};

const folder = (uri: string): string => (uri.endsWith('/') ? uri : `${uri}/`);

/** What candidates are compared with; undefined while nothing is in production, or no gate asks. */
export const inProduction = async (
  deps: { readonly registry: ReadingDeps },
  project: Project,
): Promise<TrainingJob['production']> => {
  const gates = productionGates(project);
  if (gates.length === 0) return undefined;
  const found = await productionVersion(deps.registry, project.name);
  return found && { version: found.version, modelUri: folder(found.storageLocation ?? found.source), gates };
};
