import type { OnlineReply, OnlineRequest } from '#contracts/feature-requests.ts';
import { PlatformError } from '../../shared/errors.ts';
import { type FeatureName, outputNames } from '../catalog/index.ts';
import { didYouMean, listed } from '../nearest.ts';
import { type Columns, rowCount } from './entity-rows.ts';
import { onDemandColumns } from './on-demand-columns.ts';
import { featureKey, type ReadPlan, type ReadPlans } from './plan.ts';
import { type Cell, cellOf, type ReadDeps, readViews, type SeenViews } from './read-views.ts';

/** A request by its contract, or a little wider: join keys may have 64 bits. */
export interface OnlineRead extends Omit<OnlineRequest, 'entities'> {
  readonly entities: Columns;
}

export interface OnlineDeps extends ReadDeps {
  readonly plans: ReadPlans;
}

/** Names that a request may bring: join keys, and the fields that on-demand features are computed from. */
const refuseUnknown = (plan: ReadPlan, columns: Columns): void => {
  const fields = plan.onDemand.flatMap(({ version }) => version.view.requestFields.map(({ name }) => name));
  const known = new Set([...plan.joinKeys, ...fields]);
  const unknown = Object.keys(columns).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new PlatformError(
    'FIELD_UNKNOWN',
    `"${unknown}" is neither a join key nor a request field of what is asked for${didYouMean(unknown, [...known])}; these are: ${listed([...known])}`,
    { field: unknown, allowed: [...known] },
  );
};

type Column = OnlineReply['columns'][number];

// Cell by cell, so that none of them need be kept.
const toColumn = <T>(rows: readonly T[], cellAt: (row: T) => Cell): Column => {
  const column: Column = { values: [], statuses: [], eventTimes: [] };
  for (const row of rows) {
    const { value, status, eventTime } = cellAt(row);
    column.values.push(value);
    column.statuses.push(status);
    column.eventTimes.push(eventTime);
  }
  return column;
};

const storedColumn = (seen: SeenViews, { view, feature }: FeatureName): Column =>
  toColumn(seen.get(view) ?? [], (row) => cellOf(row, feature));

/**
 * Newest features of many entities, one read of the store an entity. What is not there, or older than its view's ttl,
 * is null, and its status says which.
 * @throws VIEW_NOT_FOUND, FEATURE_NOT_FOUND, SERVICE_NOT_FOUND, VIEW_AMBIGUOUS, FIELD_MISSING, FIELD_UNKNOWN,
 *   FIELD_TYPE_WRONG
 * @example await readOnline(deps, { features: ['usage:calls'], entities: { customer_id: ['C1', 'C2'] } })
 */
export const readOnline = async (deps: OnlineDeps, request: OnlineRead): Promise<OnlineReply> => {
  const { entities: columns, consistent = false } = request;
  const plan = await deps.plans(request);
  const featureNames = outputNames(plan.order, request.fullFeatureNames);
  rowCount(columns);
  refuseUnknown(plan, columns);
  const seen = await readViews(deps, plan, { columns, consistent });
  const computed = onDemandColumns(plan, columns, seen);
  const columnOf = (name: FeatureName): Column => {
    const cells = computed.get(featureKey(name));
    return cells ? toColumn(cells, (cell) => cell) : storedColumn(seen, name);
  };
  return { featureNames, columns: plan.order.map(columnOf) };
};
