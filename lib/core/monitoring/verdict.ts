import type { ColumnDrift, DriftVerdict } from '#contracts/monitoring.ts';
import type { Monitoring } from '#contracts/project.ts';
import { type ColumnSamples, missingShares } from './column-samples.ts';
import { measureColumn } from './drift-checks.ts';

/** A column has drifted when its change is both beyond chance and large enough to matter. */
export const judgeColumn = (column: string, samples: ColumnSamples, limits: Monitoring): ColumnDrift => {
  const result = measureColumn(samples);
  const drifted = result.pValue < limits.significance && result.effect >= limits.minimumEffect;
  return { column, ...result, drifted, missing: missingShares(samples) };
};

/** Share of columns that drifted, 0 without columns. */
export const driftedShare = (columns: readonly ColumnDrift[]): number =>
  columns.length === 0 ? 0 : columns.filter((column) => column.drifted).length / columns.length;

/**
 * What a share of drifted columns means for the project. Too few rows never mean drift.
 * @example verdictOf({ rows: 5_000, share: 0.25 }, limits) // 'severe' with the limits' defaults
 */
export const verdictOf = (seen: { rows: number; share: number }, limits: Monitoring): DriftVerdict => {
  if (seen.rows < limits.minimumRows) return 'not-enough-data';
  if (seen.share > limits.severeShare) return 'severe';
  return seen.share > limits.warningShare ? 'warning' : 'none';
};
