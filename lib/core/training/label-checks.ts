import { PlatformError } from '#core/shared/index.ts';
import { type Shares, type SplitName, splitCounts } from './split.ts';

export interface LabelValue {
  readonly value: string;
  readonly positive: boolean;
  readonly rowCount: number;
}

export interface LabelDemands {
  readonly project: string;
  readonly label: { readonly name: string; readonly positive: string | number };
  readonly minimumRows: number;
  readonly folds: number;
  readonly shares: Shares;
}

const sum = (values: readonly LabelValue[]): number => values.reduce((total, v) => total + v.rowCount, 0);
const shown = (values: readonly LabelValue[]): string =>
  values.length === 0
    ? 'no value at all'
    : values
        .slice(0, 10)
        .map((v) => `"${v.value}" ${v.rowCount} times`)
        .join(', ');

const requireRows = (values: readonly LabelValue[], { project, label, minimumRows }: LabelDemands): void => {
  const rows = sum(values);
  if (rows >= minimumRows) return;
  const message =
    `${project} has ${rows} rows with a label "${label.name}", training.minimumRows asks for ${minimumRows}: ` +
    'bring more data, widen dataset.windowDays or lower the minimum';
  throw new PlatformError('TOO_FEW_ROWS', message, { rows, minimumRows });
};

const requireTwoClasses = (values: readonly LabelValue[], { project, label }: LabelDemands): void => {
  if (values.some((v) => v.positive) && values.some((v) => !v.positive)) return;
  const message =
    `label "${label.name}" of ${project} has one class: ${shown(values)}, label.positive is ${JSON.stringify(label.positive)}. ` +
    'A model needs rows that are positive and rows that are not: set label.positive to one of the values or bring rows of both';
  const counts = Object.fromEntries(values.slice(0, 50).map((v) => [v.value, v.rowCount]));
  throw new PlatformError('LABEL_HAS_ONE_CLASS', message, { counts, positive: label.positive });
};

const requireBinary = (values: readonly LabelValue[], { project, label }: LabelDemands): void => {
  if (values.length <= 2) return;
  const message =
    `label "${label.name}" of ${project} has ${values.length} values: ${shown(values)}; a binary classifier takes 2: ` +
    'fold the others together in features.sql';
  throw new PlatformError('TYPE_MISMATCH', message, { values: values.length });
};

/** Each fold of the cross-validation and each split must hold both classes. */
const least = (split: SplitName, { folds }: LabelDemands): number => (split === 'train' ? folds : 1);

const requireEverySplit = (rows: number, positive: boolean, demands: LabelDemands): void => {
  const counts = splitCounts(rows, demands.shares);
  for (const split of ['train', 'validation', 'test'] as const) {
    const needed = least(split, demands);
    if (counts[split] >= needed) continue;
    const kind = positive ? 'positive' : 'negative';
    const message =
      `${demands.project} has ${rows} ${kind} rows, of which the ${split} split gets ${counts[split]} and needs ${needed}: ` +
      `bring more ${kind} rows or enlarge training.split.${split}`;
    throw new PlatformError('TOO_FEW_ROWS', message, { rows, split, got: counts[split], minimumRows: needed });
  }
};

/**
 * Can a binary classifier be trained and judged on these labels?
 * @throws TOO_FEW_ROWS, LABEL_HAS_ONE_CLASS, TYPE_MISMATCH
 */
export const checkLabels = (values: readonly LabelValue[], demands: LabelDemands): void => {
  requireRows(values, demands);
  requireTwoClasses(values, demands);
  requireBinary(values, demands);
  for (const positive of [true, false])
    requireEverySplit(sum(values.filter((v) => v.positive === positive)), positive, demands);
};
