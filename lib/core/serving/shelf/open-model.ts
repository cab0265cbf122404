import type { Variant } from '#contracts/deployment.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';
import { type Digest, isPlatformError, PlatformError } from '#core/shared/index.ts';
import { checkFiles, checkGoldenRows, checkRegistered, refused } from '../check-model.ts';
import { checkExplanation, type ExplanationCheck } from '../explain/index.ts';
import { readGolden } from '../explain/read-files.ts';
import type {
  ExplanationNames,
  HeavyWork,
  ModelFiles,
  ModelRuntime,
  ModelSource,
  OpenModel,
  RemoteModel,
  RowExplainer,
} from '../ports.ts';

/** Which version is asked for, and by whom it is run. */
export type ModelRequest = Pick<Variant, 'modelUri' | 'onnxSha256' | 'endpoint'>;

export interface OpenModelDeps {
  readonly source: ModelSource;
  readonly runtime: ModelRuntime;
  readonly heavy: HeavyWork;
  /** @default versions with an endpoint are refused */
  readonly remote?: RemoteModel | undefined;
  readonly digest: Digest;
  /** Whether nobody waits for the loop by now, so that a large graph may be opened on it. */
  readonly isLoopFree: () => boolean;
}

/** Files that passed every check that needs no run. */
export interface CheckedFiles {
  readonly files: ModelFiles;
  readonly facts: ServingFacts;
  /** here: on this loop; thread: by HeavyWork alone; endpoint: elsewhere. */
  readonly place: 'here' | 'thread' | 'endpoint';
}

/**
 * Largest graph that is opened on a loop that serves. Opening holds up the thread that asks, about 16 ms of CPU a MB of
 * forest (onnxruntime 1.30; its own format is no faster, since building the trees is what takes the time).
 */
export const MOST_BYTES_ON_LOOP = 1_048_576;

/** What an endpoint's own rounding may do to a score. */
const ENDPOINT_TOLERANCE = 1e-3;

const placeOf = ({ isLoopFree }: OpenModelDeps, { graph }: ModelFiles, endpoint?: string): CheckedFiles['place'] => {
  if (endpoint !== undefined) return 'endpoint';
  return graph.byteLength <= MOST_BYTES_ON_LOOP || isLoopFree() ? 'here' : 'thread';
};

/** @throws {PlatformError} MODEL_LOAD_FAILED */
export const fetchChecked = async (deps: OpenModelDeps, request: ModelRequest): Promise<CheckedFiles> => {
  const { modelUri, onnxSha256, endpoint } = request;
  const files = await deps.source.fetch(modelUri);
  const facts = checkFiles(modelUri, files, deps.digest);
  checkRegistered(modelUri, facts, onnxSha256);
  return { files, facts, place: placeOf(deps, files, endpoint) };
};

const elsewhere = ({ remote }: OpenModelDeps, facts: ServingFacts, endpoint: string): OpenModel => {
  if (!remote)
    throw new PlatformError(
      'MODEL_LOAD_FAILED',
      `endpoint ${endpoint} is named, this task can ask none; serve its files`,
    );
  return {
    run: (rows) => remote.run(endpoint, facts, rows),
    encode: () => Promise.reject(new Error('an endpoint shows no encoded rows')),
    close: async () => {},
  };
};

const inThread = ({ heavy }: OpenModelDeps, modelUri: string): OpenModel => ({
  run: (rows) => heavy.run(modelUri, rows),
  encode: () => Promise.reject(new Error('encoded rows stay in the thread that made them')),
  close: async () => {},
});

const openAt = async (deps: OpenModelDeps, request: ModelRequest, checked: CheckedFiles): Promise<OpenModel> => {
  const { files, facts, place } = checked;
  if (place === 'here') return deps.runtime.open(files.graph, facts);
  return place === 'thread' ? inThread(deps, request.modelUri) : elsewhere(deps, facts, request.endpoint ?? '');
};

const open = async (deps: OpenModelDeps, request: ModelRequest, checked: CheckedFiles): Promise<OpenModel> => {
  const model = await openAt(deps, request, checked);
  try {
    const tolerance = checked.place === 'endpoint' ? { tolerance: ENDPOINT_TOLERANCE } : {};
    await checkGoldenRows(request.modelUri, checked.facts, { ...tolerance, run: (rows) => model.run(rows) });
    return model;
  } catch (error) {
    await model.close();
    throw error;
  }
};

/**
 * Opens a graph and holds it to its golden rows. Its files must have been offered to the threads.
 * @throws {PlatformError} MODEL_LOAD_FAILED
 */
export const openGolden = (deps: OpenModelDeps, request: ModelRequest, checked: CheckedFiles): Promise<OpenModel> =>
  open(deps, request, checked).catch((error) => {
    if (isPlatformError(error)) throw error;
    throw refused(request.modelUri, `its graph does not run (${error instanceof Error ? error.message : error})`);
  });

/** What a version's explanations are called: of its small golden file, since parts.json may be megabytes. */
export const namesOf = ({ explanation }: ModelFiles): ExplanationNames | undefined => {
  if (!explanation) return undefined;
  const { method, of, columns, outputs } = readGolden(explanation.golden);
  return { method, of, columns, outputs };
};

/**
 * Holds a version's explanations to those of training, in a thread as requests will have them.
 * @throws {PlatformError} MODEL_LOAD_FAILED
 */
export const checkExplained = async (deps: OpenModelDeps, modelUri: string, checked: CheckedFiles): Promise<void> => {
  const texts = checked.files.explanation;
  if (!texts) return;
  const check: ExplanationCheck = { modelUri, facts: checked.facts, texts, digest: deps.digest };
  await checkExplanation(check, async (): Promise<RowExplainer> => {
    const names = namesOf(checked.files) as ExplanationNames;
    return { names, explain: (rows) => deps.heavy.explain(modelUri, rows) };
  });
};
