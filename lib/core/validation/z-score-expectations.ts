import { numericColumn, stdev } from './aggregate-expectations.ts';
import { all, countOf, type Domain, filledOf, firstRows, over } from './domain.ts';
import { rowsIn, showing } from './map-plan.ts';
import { fitsMostly, mapResult } from './map-result.ts';
import type { Plan, Planners } from './plan.ts';

const zScores = (
  domain: Domain,
  name: string,
  rule: { threshold: number; double_sided: boolean; mostly: number },
): Plan => {
  const column = numericColumn(domain, name);
  const numbers = `${column.sql}::DOUBLE`;
  const badBeside = ({ mean, deviation }: { mean: number; deviation: number }): string => {
    const z = `((${numbers} - (${mean})) / ${deviation})`;
    return all(
      `${column.sql} IS NOT NULL`,
      `NOT (${rule.double_sided ? `abs(${z}) < ${Math.abs(rule.threshold)}` : `${z} < ${rule.threshold}`})`,
    );
  };
  return {
    aggregates: {
      filled: filledOf(domain, column),
      mean: `CAST(${over(domain, `avg(${numbers})`)} AS DOUBLE)`,
      deviation: stdev(domain, column),
    },
    // Without spread nothing lies far away.
    closer: ({ mean, deviation }) => {
      if (typeof mean !== 'number' || typeof deviation !== 'number' || !(deviation > 0)) return [];
      const bad = badBeside({ mean, deviation });
      return [{ aggregates: { unexpected: countOf(domain, bad) } }, firstRows(domain, [column], bad)];
    },
    judge: ({ row_count, filled, unexpected, sample }) => {
      const elements = Number(row_count);
      const counts = { elements, missing: elements - Number(filled), unexpected: Number(unexpected ?? 0) };
      const result = mapResult(counts, rowsIn(sample), showing({ columns: [column] }));
      return { success: fitsMostly(counts, rule.mostly), result };
    },
  };
};

/** Values may lie only so many standard deviations from the mean. The first look finds both, the second who is outside. */
export const zScoreExpectations: Planners<'expect_column_value_z_scores_to_be_less_than'> = {
  expect_column_value_z_scores_to_be_less_than: ({ column, ...rule }, domain) => zScores(domain, column, rule),
};
