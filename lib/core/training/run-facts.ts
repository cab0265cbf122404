import type { Project } from '#contracts/project.ts';
import { trainingPlan } from '#core/pipelines/index.ts';

const texts = (facts: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(facts)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );

const forTwoClasses = ({ problem, training, serving, fairness }: Project): Record<string, unknown> => {
  if (problem !== 'binary-classification') return {};
  const { columns, ...limits } = fairness ?? { columns: [] };
  return {
    threshold: serving.threshold ?? training.threshold,
    ...(fairness && { fairnessColumns: columns.join(','), fairness: limits }),
  };
};

/** Options of a training as parameters of its run: what a project leaves unsaid too. */
export const optionsOf = (project: Project): Record<string, string> => {
  const { candidates, metric, gates, stacked } = trainingPlan(project);
  const { trials, timeoutSeconds, folds, pruning, seed, split, classWeight, calibration, compute } = project.training;
  return texts({
    problem: project.problem,
    metric,
    candidates: candidates.join(','),
    stacked,
    trials,
    timeoutSeconds,
    folds,
    pruning,
    seed,
    split: `${split.train}/${split.validation}/${split.test}`,
    classWeight,
    calibration,
    trustedFeatures: project.training.trustedFeatures.join(','),
    gates,
    ...forTwoClasses(project),
    computeOn: compute.on,
    gpu: compute.gpu,
    instanceType: compute.instanceType,
  });
};
