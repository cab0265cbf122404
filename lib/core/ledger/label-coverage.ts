import type { LabelCoverage } from '#contracts/ledger.ts';
import { type DeploymentStore, getDeployment } from '#core/deployment/index.ts';
import { type TableEngine, type Tables, timestampLiteral } from '#core/features/index.ts';
import { type Clock, type ObjectStore, PlatformError, type StoredObject } from '#core/shared/index.ts';
import { HOUR_MS, type Span } from './hours.ts';
import { labelledSql, labelsSql, matchedLabelsSql } from './labels-sql.ts';
import { labelObjects, ledgerObjects } from './ledger-files.ts';
import { download, downloadLedger } from './local-files.ts';
import { predictionsSql } from './predictions-sql.ts';

export interface CoverageDeps {
  readonly deployments: DeploymentStore;
  /** The ledger bucket. */
  readonly ledger: ObjectStore;
  readonly engine: TableEngine;
  readonly clock: Clock;
}

export interface CoverageRequest {
  /** @default a week before the end */
  readonly start?: string | undefined;
  /** @default now */
  readonly end?: string | undefined;
}

const DAY_MS = 24 * HOUR_MS;
const WINDOW_MS = 7 * DAY_MS;
const MOST_WINDOW_MS = 31 * DAY_MS;
/** What can be copied and joined while a caller waits. */
const MOST_OBJECTS = 5_000;
const MOST_BYTES = 200_000_000;

const refuse = (what: string): never => {
  throw new PlatformError('INVALID_REQUEST', `${what}; ask for a window of 31 days or less, or a later one`);
};

const windowOf = ({ start, end }: CoverageRequest, now: Date): Span => {
  const last = end === undefined ? now : new Date(end);
  const window = { start: start === undefined ? new Date(last.getTime() - WINDOW_MS) : new Date(start), end: last };
  if (window.start >= window.end) refuse(`the window's start ${start} is not before its end ${last.toISOString()}`);
  if (last.getTime() - window.start.getTime() > MOST_WINDOW_MS) refuse('the window is longer than 31 days');
  return window;
};

const refuseTooMany = (objects: readonly StoredObject[]): void => {
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  if (objects.length <= MOST_OBJECTS && bytes <= MOST_BYTES) return;
  const lie = `predictions and labels lie in ${objects.length} objects of ${bytes} bytes`;
  refuse(`${lie}, ${MOST_OBJECTS} objects of ${MOST_BYTES} bytes can be read`);
};

interface Counted {
  readonly predictions: number;
  readonly labelled: number;
  readonly unmatched: number;
  readonly medianLagSeconds: number | null;
}

/** @param span from the window's start until now: a later prediction for an entity takes later labels to itself */
const count = async (tables: Tables, { window, span, ...sql }: { window: Span; span: Span; p: string; l: string }) => {
  const [start, end] = [timestampLiteral(window.start), timestampLiteral(window.end)];
  await tables.run(`CREATE TABLE predictions AS SELECT prediction_id, entity_id, answered_at FROM (${sql.p})`);
  await tables.run(`CREATE TABLE matched AS ${matchedLabelsSql('FROM predictions', sql.l)}`);
  const within = `answered_at < ${end}`;
  const [row] = await tables.rows(`
    WITH labelled AS (SELECT * FROM (${labelledSql('FROM matched')}) WHERE ${within})
    SELECT (SELECT count(*) FROM predictions WHERE ${within}) AS predictions,
      (SELECT count(*) FROM labelled) AS labelled,
      (SELECT count(*) FROM matched WHERE matched_id IS NULL AND (time IS NULL OR (time >= ${start} AND time < ${end}))) AS unmatched,
      (SELECT median(epoch_ms(received_at) - epoch_ms(answered_at)) / 1000 FROM labelled) AS lag`);
  const { predictions, labelled, unmatched, lag } = row ?? {};
  const medianLagSeconds = typeof lag === 'number' ? lag : null;
  const counted = { predictions: Number(predictions), labelled: Number(labelled), unmatched: Number(unmatched) };
  return { ...counted, medianLagSeconds } satisfies Counted;
};

/**
 * How many of a window's predictions have a label by now.
 * @throws DEPLOYMENT_NOT_FOUND, INVALID_REQUEST
 */
export const labelCoverage = async (
  deps: CoverageDeps,
  model: string,
  request: CoverageRequest,
): Promise<LabelCoverage> => {
  await getDeployment(deps.deployments, model);
  const now = deps.clock.now();
  const window = windowOf(request, now);
  // A label may name a prediction of the window whenever it comes.
  const span = { start: window.start, end: new Date(Math.max(now.getTime(), window.end.getTime())) };
  const objects = await ledgerObjects(deps.ledger, { model, window: span });
  const labels = await labelObjects(deps.ledger, model, span);
  refuseTooMany([...objects.lines, ...objects.parquet, ...labels]);
  const counted = await deps.engine.open(async (tables) => {
    const p = predictionsSql(await downloadLedger(deps.ledger, tables, objects), { model, window: span });
    const l = labelsSql(await download(deps.ledger, tables, labels));
    return count(tables, { window, span, p, l });
  });
  const coverage = counted.predictions === 0 ? null : counted.labelled / counted.predictions;
  return { model, start: window.start.toISOString(), end: window.end.toISOString(), ...counted, coverage };
};
