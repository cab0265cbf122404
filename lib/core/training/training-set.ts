import type { DatasetManifest } from '#contracts/datasets.ts';
import { type Feature, modelType } from '#contracts/feature-views.ts';
import type { Project, ProjectVersion } from '#contracts/project.ts';
import type { ModelInput } from '#contracts/training.ts';
import {
  type DatasetRecipe,
  findDataset,
  storeDataset,
  type Tables,
  trainedFeatures,
  viewDataset,
} from '#core/features/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { checkLabels } from './label-checks.ts';
import type { PrepareDeps } from './ports.ts';
import { labelValues, type SplitPlan, splitQuery } from './split.ts';

/** A model takes a feature as a number or a text; the contract of its values travels along for live requests. */
const inputOf = ({ name, type, required, minimum, maximum, values }: Feature): ModelInput => {
  const input = { name, type: modelType(type) };
  const contract = { required, minimum, maximum, values };
  const stated = Object.entries(contract).filter(([, value]) => value !== undefined);
  return stated.length === 0 ? input : { ...input, declared: type, ...Object.fromEntries(stated) };
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

export const splitPlanOf = (project: Project): SplitPlan => ({
  key: project.serving.entityKey,
  inputs: modelInputs(project),
  label: project.label,
  shares: project.training.split,
  seed: project.training.seed,
});

const requireColumns = (features: DatasetManifest, { key, inputs, label }: SplitPlan): void => {
  const there = new Set(features.columns.map((column) => column.name));
  const missing = [key, label.name, ...inputs.map((input) => input.name)].filter((name) => !there.has(name));
  if (missing.length === 0) return;
  const message =
    `the features of ${features.project} lack ${missing.join(', ')}; they have ${[...there].join(', ')}: ` +
    'let features.sql give them, or correct featureViews, label and serving.entityKey';
  throw new PlatformError('COLUMN_MISSING', message, { missing });
};

const fits = {
  number: /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*|BOOLEAN)$/,
  string: /^(VARCHAR|ENUM.*)$/,
};

/** A column without a single value has whatever type its writer made up. */
const requireTypes = (features: DatasetManifest, { inputs }: SplitPlan): void => {
  const columns = new Map(features.columns.map((column) => [column.name, column]));
  for (const { name, type } of inputs) {
    const column = columns.get(name);
    if (!column || column.nulls === features.rowCount || fits[type].test(column.type)) continue;
    const message =
      `feature ${name} of ${features.project} is declared ${type} and is ${column.type}: ` +
      'CAST it in features.sql or change its type in featureViews';
    throw new PlatformError('TYPE_MISMATCH', message, { column: name, type: column.type });
  }
};

const recipeOf = (project: Project, features: DatasetManifest, codeVersion: string): DatasetRecipe => {
  const { key, inputs, label, shares, seed } = splitPlanOf(project);
  const { folds, minimumRows } = project.training;
  const columns = inputs.map((input) => `${input.name}:${input.type}`).join(',');
  const target = { label: label.name, positive: label.positive };
  const parameters = { key, columns, ...target, ...shares, seed, folds, minimumRows };
  return {
    kind: 'training',
    project: project.name,
    codeVersion,
    inputs: { datasets: [features.datasetId], files: [], parameters },
  };
};

const check = async (tables: Tables, project: Project): Promise<void> => {
  const rows = await tables.rows(labelValues(splitPlanOf(project)));
  const values = rows.map((row) => ({
    value: String(row.value),
    positive: row.positive === true,
    rowCount: Number(row.row_count),
  }));
  const { minimumRows, folds, split } = project.training;
  checkLabels(values, { project: project.name, label: project.label, minimumRows, folds, shares: split });
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
