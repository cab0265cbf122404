import type { DatasetManifest } from '#contracts/datasets.ts';
import { type Feature, modelType } from '#contracts/feature-views.ts';
import type { Project, ProjectVersion } from '#contracts/project.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import {
  type DatasetRecipe,
  fairnessColumns,
  findDataset,
  storeDataset,
  type Tables,
  trainedFeatures,
  trainedRequestFields,
  viewDataset,
} from '#core/features/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { PrepareDeps } from '../ports.ts';
import { checkLabels } from './label-checks.ts';
import { labelFacts } from './label-facts.ts';
import { requireColumns, requireTypes } from './require-columns.ts';
import { type SplitPlan, splitQuery } from './split.ts';

/** A model takes a feature as a number or a text; its type and contract travel along for live requests. */
const inputOf = ({ name, type, required, minimum, maximum, values }: Feature): ModelInput => {
  const stated = Object.entries({ required, minimum, maximum, values }).filter(([, value]) => value !== undefined);
  return { name, type: modelType(type), declared: type, ...Object.fromEntries(stated) };
};

/** The features of all views of what the project predicts for, in order; a name in two views is one input. */
export const modelInputs = (project: Project): ModelInput[] => {
  const { label, name } = project;
  const features = trainedFeatures(project);
  if (features.some((feature) => feature.name === label.name))
    throw new PlatformError(
      'PROJECT_INVALID',
      `label "${label.name}" of ${name} is also a feature: the model would be told the answer; remove it from featureViews`,
      { label: label.name },
    );
  return features.map(inputOf);
};

/** What features inside the graph are computed from, and whose groups are compared, where a model does not take it. */
const besideOf = (project: Project): NonNullable<SplitPlan['beside']> => [
  ...trainedRequestFields(project).map(({ name, type }) => ({ name, type: modelType(type) })),
  ...fairnessColumns(project).map((name) => ({ name, type: 'string' as const })),
];

export const splitPlanOf = (project: Project): SplitPlan => ({
  key: project.serving.entityKey,
  inputs: modelInputs(project),
  beside: besideOf(project),
  problem: project.problem,
  label: project.label,
  shares: project.training.split,
  seed: project.training.seed,
});

const named = (columns: readonly Pick<ModelInput, 'name' | 'type'>[]): string =>
  columns.map(({ name, type }) => `${name}:${type}`).join(',');

const recipeOf = (project: Project, features: DatasetManifest, codeVersion: string): DatasetRecipe => {
  const { key, inputs, beside = [], problem, label, shares, seed } = splitPlanOf(project);
  const { folds, minimumRows } = project.training;
  const columns = { columns: named(inputs), ...(beside.length > 0 && { beside: named(beside) }) };
  const target = { problem, label: label.name, positive: label.positive };
  const parameters = { key, ...columns, ...target, ...shares, seed, folds, minimumRows };
  return {
    kind: 'training',
    project: project.name,
    codeVersion,
    inputs: { datasets: [features.datasetId], files: [], parameters },
  };
};

const check = async (tables: Tables, project: Project): Promise<void> => {
  const { name, problem, label, training } = project;
  const { minimumRows, folds, split } = training;
  const facts = await labelFacts(tables, splitPlanOf(project));
  checkLabels(facts, { project: name, problem, label, minimumRows, folds, shares: split });
};

/**
 * The data set of kind `training`: labelled rows of the features, split and stored by key. Asked again it finds its own
 * work.
 * @throws COLUMN_MISSING, TYPE_MISMATCH, TOO_FEW_ROWS, LABEL_HAS_ONE_CLASS
 */
export const makeTrainingSet = async (
  deps: PrepareDeps,
  { project, version }: ProjectVersion,
  features: DatasetManifest,
): Promise<DatasetManifest> => {
  const plan = splitPlanOf(project);
  requireColumns(features, plan);
  requireTypes(features, plan);
  const recipe = recipeOf(project, features, deps.datasets.codeVersion);
  const known = await findDataset(deps.datasets, recipe);
  if (known) return known;
  return deps.engine.open(async (tables) => {
    await viewDataset(deps.datasets.objects, tables, { name: 'features', manifest: features });
    await check(tables, project);
    const made = { recipe, projectVersion: version, step: 'prepare', query: splitQuery(plan) };
    return storeDataset(deps.datasets, tables, made);
  });
};
