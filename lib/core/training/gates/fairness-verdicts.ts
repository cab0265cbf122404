import type { GateVerdict } from '#contracts/gates.ts';
import type { Fairness } from '#contracts/training-options.ts';
import type { FairnessReport } from '#contracts/training-result.ts';
import { shownNumber } from './shown-number.ts';

type Column = FairnessReport['columns'][number];
type Group = Column['groups'][number];
type Rate = 'selectionRate' | 'truePositiveRate' | 'falsePositiveRate';

interface Spread {
  readonly least: string;
  readonly greatest: string;
  readonly low: number;
  readonly high: number;
}

const called = ({ value }: Group): string => (value === '' ? 'missing' : `"${value}"`);

/** The judged groups with the least and the greatest of a rate; undefined where fewer than two have it. */
const spreadOf = (groups: readonly Group[], rate: Rate): Spread | undefined => {
  const known = groups
    .flatMap((group) => {
      const { value } = group[rate];
      return group.judged && value !== null ? [{ name: called(group), value }] : [];
    })
    .sort((a, b) => a.value - b.value);
  const [least] = known;
  const greatest = known.at(-1);
  if (!least || !greatest || known.length < 2) return undefined;
  return { least: least.name, greatest: greatest.name, low: least.value, high: greatest.value };
};

const tooFew = ({ minimumGroupRows }: Fairness): string =>
  `no two groups have ${minimumGroupRows} test rows with it; bring more rows or lower fairness.minimumGroupRows`;

const words: Readonly<Record<Rate, string>> = {
  selectionRate: 'of rows are answered positive',
  truePositiveRate: 'of positives are found',
  falsePositiveRate: 'of negatives are answered positive',
};
const shownSpread = ({ least, greatest, low, high }: Spread, rate: Rate): string =>
  `${least}: ${shownNumber(low * 100)} % ${words[rate]}, ${greatest}: ${shownNumber(high * 100)} %`;

const parity = (column: string, found: Column | undefined, rules: Fairness): GateVerdict[] => {
  const minimum = rules.minimumDemographicParityRatio;
  if (minimum === undefined) return [];
  const value = found?.demographicParityRatio.value ?? null;
  const spread = found && spreadOf(found.groups, 'selectionRate');
  const name = `demographic parity of ${column}`;
  const passed = value !== null && value >= minimum;
  const short = value === null || passed ? '' : `, ${shownNumber(minimum - value)} short`;
  const why = spread ? shownSpread(spread, 'selectionRate') : tooFew(rules);
  const message = `${name} is ${shownNumber(value)}, must be at least ${minimum}${short}: ${why}`;
  return [{ gate: 'fairness', name, value, limit: `at least ${minimum}`, passed, message }];
};

/** The rate whose groups lie further apart. */
const widest = (groups: readonly Group[]): { rate: Rate; spread: Spread } | undefined =>
  (['truePositiveRate', 'falsePositiveRate'] as const)
    .flatMap((rate) => {
      const spread = spreadOf(groups, rate);
      return spread ? [{ rate, spread }] : [];
    })
    .sort((a, b) => b.spread.high - b.spread.low - (a.spread.high - a.spread.low))[0];

const odds = (column: string, found: Column | undefined, rules: Fairness): GateVerdict[] => {
  const maximum = rules.maximumEqualizedOddsDifference;
  if (maximum === undefined) return [];
  const value = found?.equalizedOddsDifference.value ?? null;
  const wide = found && widest(found.groups);
  const name = `equalized odds of ${column}`;
  const passed = value !== null && value <= maximum;
  const over = value === null || passed ? '' : `, ${shownNumber(value - maximum)} too much`;
  const why = wide ? shownSpread(wide.spread, wide.rate) : tooFew(rules);
  const message = `${name} differ by ${shownNumber(value)}, must be at most ${maximum}${over}: ${why}`;
  return [{ gate: 'fairness', name, value, limit: `at most ${maximum}`, passed, message }];
};

/** Limits of the project on how much groups of people may be answered differently; what was not measured does not pass. */
export const fairnessVerdicts = (rules: Fairness | undefined, report: FairnessReport | undefined): GateVerdict[] =>
  (rules?.columns ?? []).flatMap((column) => {
    const found = report?.columns.find((one) => one.column === column);
    return rules ? [...parity(column, found, rules), ...odds(column, found, rules)] : [];
  });
