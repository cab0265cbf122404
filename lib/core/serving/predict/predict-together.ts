import type { Prediction } from '#contracts/serving.ts';
import { isPlatformError, PlatformError } from '#core/shared/index.ts';
import type { Served } from '../load-deployment.ts';
import { pickVariant } from '../pick-variant.ts';
import type { ModelRow } from '../ports.ts';
import { type Fields, namesEntity, readEntityId, readSticky, refuseUnknown } from '../read-request.ts';
import { type GatheredRow, rowsOf } from '../rows/index.ts';
import type { Chosen } from './choose.ts';
import { gatherBrought, gatherStored, nobodysFields } from './gather.ts';
import { tellFailure } from './predict.ts';
import type { Asker, PredictDeps } from './predict-deps.ts';
import { type Answered, predictionClass, sensible, write } from './predicted.ts';
import { type ServedPath, servedPath } from './served-path.ts';

export interface TogetherRequest extends Omit<Asker, 'explain'> {
  /** At least one. */
  readonly rows: readonly Fields[];
  /** One of the deployment's. @default picked by the weights */
  readonly version?: number | undefined;
}

export interface PredictedTogether {
  readonly path: ServedPath;
  /** A prediction for each row, in their order. */
  readonly predictions: readonly Prediction[];
}

/**
 * The version that a path names.
 * @throws {PlatformError} MODEL_NOT_SERVED, UNAVAILABLE
 */
export const versionNamed = ({ deployment: { model, variants }, models }: Served, version: number): number => {
  if (models.has(version)) return version;
  if (variants.some((variant) => variant.version === version))
    throw new PlatformError('UNAVAILABLE', `version ${version} of ${model} is not loaded yet; try again shortly`);
  const served = variants.map((variant) => variant.version).join(', ');
  throw new PlatformError(
    'MODEL_NOT_SERVED',
    `version ${version} of ${model} is not served; served are: ${served}; deploy it first`,
    { model, version },
  );
};

/** One version answers all rows: the first row's sticky value decides, or the request's id where it has none. */
const pathOf = ({ digest }: PredictDeps, served: Served, { rows, version, requestId }: TogetherRequest): ServedPath => {
  if (version !== undefined) return servedPath(served, versionNamed(served, version), digest);
  const sticky = readSticky(rows[0] ?? {}, served.deployment.stickyKey);
  return servedPath(served, pickVariant(sticky ?? requestId, served.variants).version, digest);
};

interface Ready {
  readonly chosen: Chosen;
  readonly gathered: GatheredRow;
}

/** Rows need not name their entity as long as they bring everything themselves. */
const gather = async (deps: PredictDeps, path: ServedPath, fields: Fields): Promise<Ready> => {
  refuseUnknown(fields, path.served.allowed);
  const { entityKey } = path.model.facts;
  const isNamed = namesEntity(fields, entityKey);
  const chosen = { path, fields, entityId: isNamed ? readEntityId(fields, entityKey) : '' };
  const brought = gatherBrought(chosen);
  if (!(brought || isNamed)) throw nobodysFields(chosen);
  return { chosen, gathered: brought ?? (await gatherStored(deps, chosen)) };
};

/** Says which row it is, since a request of many rows is refused as a whole. */
const ofRow = (error: unknown, row: number, rows: number): unknown => {
  if (!isPlatformError(error) || rows === 1) return error;
  return new PlatformError(error.code, `row ${row}: ${error.message}`, { ...error.details, row });
};

const gatherAll = (deps: PredictDeps, path: ServedPath, rows: readonly Fields[]): Promise<Ready[]> =>
  Promise.all(
    rows.map((fields, row) =>
      gather(deps, path, fields).catch((error: unknown) => {
        throw ofRow(error, row, rows.length);
      }),
    ),
  );

/** So few rows join those of other requests in one run. */
const FEW_ROWS = 16;

const ask = ({ model }: ServedPath, rows: readonly ModelRow[], untilMs: number | undefined) =>
  rows.length <= FEW_ROWS
    ? Promise.all(rows.map((row) => model.answer(row, untilMs)))
    : model.answerAll(rowsOf(model.facts.inputs, rows), untilMs);

const answerAll = async (
  path: ServedPath,
  ready: readonly Ready[],
  untilMs: number | undefined,
): Promise<Answered[]> => {
  const rows = ready.map(({ gathered }) => gathered.row);
  const answers = await ask(path, rows, untilMs);
  return ready.map((one, row) => {
    const answer = answers[row] ?? { nonsense: `${answers.length} rows for ${ready.length}` };
    return { ...one, answer: sensible(one.chosen, answer) };
  });
};

type Timed = TogetherRequest & { readonly startedMs: number };

const predicted = async (deps: PredictDeps, path: ServedPath, request: Timed): Promise<Prediction[]> => {
  const { ledger, telemetry, stopwatch } = deps;
  ledger.refuseWhenFull();
  const ready = await gatherAll(deps, path, request.rows);
  const answered = await answerAll(path, ready, request.untilMs);
  const latencyMs = stopwatch.ms() - request.startedMs;
  const written = answered.map((one) => write(deps, one, { asker: request, latencyMs, explanation: undefined }));
  // Their lines are one write, and no answer leaves before it.
  await ledger.commit(written.map(({ line }) => line));
  const outcome = { model: path.served.deployment.model, version: path.version, seconds: latencyMs / 1_000 };
  for (const { answer } of answered) telemetry.predicted({ ...outcome, predictionClass: predictionClass(answer) });
  return written.map((one) => one.predicted.toPrediction());
};

/**
 * Predicts rows that belong together by one version: all of them, or none. A row that brings every field needs no join
 * key; of one that does not, the stored features of its entity are looked up.
 * @throws {PlatformError} as `predictOne`, with the row in front where there are several
 * @example await predictTogether(deps, served, { rows: [{ tenure: 3, contract: 'monthly' }], caller, requestId })
 */
export const predictTogether = async (
  deps: PredictDeps,
  served: Served,
  request: TogetherRequest,
): Promise<PredictedTogether> => {
  const startedMs = deps.stopwatch.ms();
  let path: ServedPath | undefined;
  try {
    path = pathOf(deps, served, request);
    return { path, predictions: await predicted(deps, path, { ...request, startedMs }) };
  } catch (error) {
    const chosen = path && { path, fields: {}, entityId: '' };
    tellFailure(deps, { served, chosen, error, ms: deps.stopwatch.ms() - startedMs });
    throw error;
  }
};
