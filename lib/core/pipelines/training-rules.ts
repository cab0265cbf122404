import { algorithmsOf, metricsOf } from '#contracts/problems.ts';
import type { Project } from '#contracts/project.ts';
import { allFeatureNames } from './all-feature-names.ts';
import type { Misfit } from './misfit.ts';
import { nearest } from './nearest.ts';
import { trainingPlan } from './training-plan.ts';

type Path = readonly PropertyKey[];

/** The allowed name that was probably meant: `f1` means f1_macro where there are several classes. */
const hint = (name: string, allowed: readonly string[]): string => {
  const meant = allowed.find((other) => other.startsWith(name)) ?? nearest(name, allowed);
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
};

const metricMisfits = ({ problem }: Project, metric: string | undefined, path: Path): Misfit[] => {
  const allowed: readonly string[] = metricsOf[problem];
  if (metric === undefined || allowed.includes(metric)) return [];
  const message = `${metric} is not measured of ${problem}; its metrics are ${allowed.join(', ')}${hint(metric, allowed)}`;
  return [{ path, message }];
};

/** Every algorithm learns what the project predicts. */
export const candidatesFit = ({ problem, training }: Project): Misfit[] => {
  const allowed: readonly string[] = algorithmsOf[problem];
  return (training.candidates ?? []).flatMap((name, i) => {
    if (allowed.includes(name)) return [];
    const message = `${name} does not learn ${problem}; its candidates are ${allowed.join(', ')}${hint(name, allowed)}`;
    return [{ path: ['training', 'candidates', i], message }];
  });
};

/** Metrics of selection and of gates are those of the problem. */
export const metricsFit = (project: Project): Misfit[] => [
  ...metricMisfits(project, project.training.metric, ['training', 'metric']),
  ...(project.gate ?? []).flatMap(({ metric }, i) => metricMisfits(project, metric, ['gate', i, 'metric'])),
];

export const gatesCanBeMet = ({ gate = [] }: Project): Misfit[] =>
  gate.flatMap((one, i) => {
    if ('against' in one) return [];
    const { minimum, maximum } = one;
    if (minimum === undefined || maximum === undefined || minimum <= maximum) return [];
    return [{ path: ['gate', i], message: `minimum ${minimum} is above maximum ${maximum}: nothing can pass` }];
  });

const DEFAULT_RULE = { maximize: 'f1' };
interface Option {
  readonly path: Path;
  /** What it is about, for the message. */
  readonly about: string;
  readonly isSet: boolean;
}

// What was left out cannot be told from its default, which does no harm.
const binaryOptions = ({ fairness, label, serving, training }: Project): Option[] => [
  { path: ['fairness'], about: 'compares answers of yes and no', isSet: fairness !== undefined },
  {
    path: ['training', 'threshold'],
    about: 'is a rule for the probability of yes',
    isSet: JSON.stringify(training.threshold) !== JSON.stringify(DEFAULT_RULE),
  },
  { path: ['serving', 'threshold'], about: 'is a probability of yes', isSet: serving.threshold !== undefined },
  { path: ['label', 'positive'], about: 'names one of two classes', isSet: label.positive !== 1 },
];
const classOptions = ({ training }: Project): Option[] => [
  { path: ['training', 'classWeight'], about: 'weighs classes', isSet: training.classWeight !== 'none' },
  { path: ['training', 'calibration'], about: 'corrects probabilities', isSet: training.calibration === 'always' },
];
const refusedOptions = (options: readonly Option[], problems: string, { problem }: Project): Misfit[] =>
  options
    .filter(({ isSet }) => isSet)
    .map(({ path, about }) => ({
      path,
      message: `${about} and is for ${problems} alone, the problem is ${problem}; leave it out`,
    }));

/** Options for classes are set only where there are classes, and those for two classes where there are two. */
export const optionsFit = (project: Project): Misfit[] => [
  ...(project.problem === 'binary-classification'
    ? []
    : refusedOptions(binaryOptions(project), 'binary-classification', project)),
  ...(project.problem === 'regression'
    ? refusedOptions(classOptions(project), 'binary-classification and multiclass-classification', project)
    : []),
];

/** What is trusted to predict alone must be something that models take. */
export const trustedAreFeatures = (project: Project): Misfit[] => {
  const known = allFeatureNames(project);
  return project.training.trustedFeatures.flatMap((name, i) => {
    if (known.includes(name)) return [];
    const message = `"${name}" is no feature; features are ${known.join(', ')}${hint(name, known)}`;
    return [{ path: ['training', 'trustedFeatures', i], message }];
  });
};

/** A stack is made of at least two, and of no more than there are. */
export const stackingFits = (project: Project): Misfit[] => {
  const { candidates, stacked } = trainingPlan(project);
  const path = ['training', 'stacking'];
  if (stacked === 0) return [];
  if (candidates.length < 2)
    return [{ path, message: `stacks at least two candidates, training.candidates has ${candidates.length}` }];
  if (typeof project.training.stacking !== 'object' || stacked <= candidates.length) return [];
  return [{ path, message: `stacks the best ${stacked} of ${candidates.length} candidates; name at most as many` }];
};
