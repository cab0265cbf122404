import type { DatasetManifest } from '#contracts/datasets.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { SplitPlan } from './split.ts';

/** @throws COLUMN_MISSING where the features lack what the training set is made of */
export const requireColumns = (features: DatasetManifest, { key, inputs, beside = [], label }: SplitPlan): void => {
  const there = new Set(features.columns.map((column) => column.name));
  const needed = [key, label.name, ...[...inputs, ...beside].map((column) => column.name)];
  const missing = needed.filter((name) => !there.has(name));
  if (missing.length === 0) return;
  const message =
    `the features of ${features.project} lack ${missing.join(', ')}; they have ${[...there].join(', ')}: ` +
    'let features.sql give them, or correct featureViews, label, fairness and serving.entityKey. Data made before the ' +
    `project named them: run \`mlp run data --project ${features.project}\` again`;
  throw new PlatformError('COLUMN_MISSING', message, { missing });
};

const fits = {
  number: /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*|BOOLEAN)$/,
  string: /^(VARCHAR|ENUM.*)$/,
};

// A column without a single value has whatever type its writer made up.
/** @throws TYPE_MISMATCH where a feature is not what it is declared as */
export const requireTypes = (features: DatasetManifest, { inputs }: SplitPlan): void => {
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
