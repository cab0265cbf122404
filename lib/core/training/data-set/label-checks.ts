import type { Problem } from '#contracts/problems.ts';
import { PlatformError } from '#core/shared/index.ts';
import { type Shares, type SplitName, splitCounts } from './split.ts';

export interface LabelValue {
  readonly value: string;
  /** Of two classes. */
  readonly positive: boolean;
  readonly rowCount: number;
}

/** What a label column holds. */
export interface LabelFacts {
  /** Labelled rows. */
  readonly rows: number;
  /** How many different values. */
  readonly distinct: number;
  /** The most frequent ones. */
  readonly values: readonly LabelValue[];
  /** DuckDB's type. */
  readonly type: string;
  /** Numbers that are none: NaN, infinities and what a float32 cannot hold. */
  readonly notFinite: number;
}

export interface LabelDemands {
  readonly project: string;
  readonly problem: Problem;
  readonly label: { readonly name: string; readonly positive: string | number };
  readonly minimumRows: number;
  readonly folds: number;
  readonly shares: Shares;
}

type Check = (facts: LabelFacts, demands: LabelDemands) => void;

const MOST_CLASSES = 100;
const sum = (values: readonly LabelValue[]): number => values.reduce((total, v) => total + v.rowCount, 0);
const shown = ({ values }: LabelFacts): string =>
  values.length === 0
    ? 'no value at all'
    : values
        .slice(0, 10)
        .map((v) => `"${v.value}" ${v.rowCount} times`)
        .join(', ');
const mismatch = (message: string, details: Record<string, unknown>): never => {
  throw new PlatformError('TYPE_MISMATCH', message, details);
};

const requireRows: Check = ({ rows }, { project, label, minimumRows }) => {
  if (rows >= minimumRows) return;
  const message =
    `${project} has ${rows} rows with a label "${label.name}", training.minimumRows asks for ${minimumRows}: ` +
    'bring more data, widen dataset.windowDays or lower the minimum';
  throw new PlatformError('TOO_FEW_ROWS', message, { rows, minimumRows });
};

const counted = ({ values }: LabelFacts): Record<string, number> =>
  Object.fromEntries(values.slice(0, 50).map((v) => [v.value, v.rowCount]));

/** Each fold of the cross-validation and each split must hold every class. */
const least = (split: SplitName, { folds }: LabelDemands): number => (split === 'train' ? folds : 1);

const requireEverySplit = (rows: number, kind: string, demands: LabelDemands): void => {
  const counts = splitCounts(rows, demands.shares);
  for (const split of ['train', 'validation', 'test'] as const) {
    const needed = least(split, demands);
    if (counts[split] >= needed) continue;
    const message =
      `${demands.project} has ${rows} ${kind}, of which the ${split} split gets ${counts[split]} and needs ${needed}: ` +
      `bring more of them or enlarge training.split.${split}`;
    throw new PlatformError('TOO_FEW_ROWS', message, { rows, split, got: counts[split], minimumRows: needed });
  }
};

const requireTwoClasses: Check = (facts, { project, label }) => {
  const { values } = facts;
  if (values.some((v) => v.positive) && values.some((v) => !v.positive)) return;
  const message =
    `label "${label.name}" of ${project} has one class: ${shown(facts)}, label.positive is ${JSON.stringify(label.positive)}. ` +
    'A model needs rows that are positive and rows that are not: set label.positive to one of the values or bring rows of both';
  throw new PlatformError('LABEL_HAS_ONE_CLASS', message, { counts: counted(facts), positive: label.positive });
};

const checkBinary: Check = (facts, demands) => {
  const { project, label } = demands;
  if (facts.distinct > 2)
    mismatch(
      `label "${label.name}" of ${project} has ${facts.distinct} values: ${shown(facts)}; a binary classifier takes 2: ` +
        'fold the others together in features.sql, or set problem: multiclass-classification',
      { values: facts.distinct },
    );
  requireTwoClasses(facts, demands);
  for (const positive of [true, false]) {
    const rows = sum(facts.values.filter((v) => v.positive === positive));
    requireEverySplit(rows, `${positive ? 'positive' : 'negative'} rows`, demands);
  }
};

const checkClasses: Check = (facts, demands) => {
  const { project, label } = demands;
  const { distinct } = facts;
  const begins = `label "${label.name}" of ${project} has ${distinct} values: ${shown(facts)}`;
  if (distinct < 2)
    throw new PlatformError('LABEL_HAS_ONE_CLASS', `${begins}; bring rows of at least three classes`, {
      counts: counted(facts),
    });
  if (distinct === 2)
    mismatch(`${begins}; two classes are problem: binary-classification, with one of them as label.positive`, {
      values: distinct,
    });
  if (distinct > MOST_CLASSES)
    mismatch(
      `${begins}; allowed are ${MOST_CLASSES} classes: fold rare ones together in features.sql, or set problem: ` +
        'regression where it is a number',
      { values: distinct },
    );
  for (const { value, rowCount } of facts.values) requireEverySplit(rowCount, `rows of class "${value}"`, demands);
};

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;

const checkNumbers: Check = (facts, demands) => {
  const { project, label } = demands;
  const begins = `label "${label.name}" of ${project}`;
  if (!NUMBER.test(facts.type))
    mismatch(
      `${begins} is ${facts.type}: ${shown(facts)}; regression predicts numbers: CAST it in features.sql, or set ` +
        'problem: binary-classification or multiclass-classification',
      { type: facts.type },
    );
  if (facts.notFinite > 0)
    mismatch(
      `${begins} is infinite, NaN or beyond ±3.4e38 in ${facts.notFinite} of ${facts.rows} rows; a model needs ` +
        'numbers: leave such rows out or make them NULL in features.sql',
      { rows: facts.notFinite },
    );
  if (facts.distinct < 2)
    throw new PlatformError(
      'LABEL_HAS_ONE_CLASS',
      `${begins} is the same in every row: ${shown(facts)}; there is nothing to learn, correct features.sql`,
      { counts: counted(facts) },
    );
  requireEverySplit(facts.rows, 'labelled rows', demands);
};

const checks: Readonly<Record<Problem, Check>> = {
  'binary-classification': checkBinary,
  'multiclass-classification': checkClasses,
  regression: checkNumbers,
};

/**
 * Can a model be trained and judged on these labels?
 * @throws TOO_FEW_ROWS, LABEL_HAS_ONE_CLASS, TYPE_MISMATCH
 */
export const checkLabels: Check = (facts, demands) => {
  requireRows(facts, demands);
  checks[demands.problem](facts, demands);
};
