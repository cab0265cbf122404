import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Name } from '#contracts/common.ts';
import { Deployment } from '#contracts/deployment.ts';
import { explanationFiles, ServingFacts } from '#contracts/serving-facts.ts';
import type { DeploymentStore } from '#core/deployment/index.ts';
import type { ExplanationTexts, ModelFiles, ModelSource, Notice } from '#core/serving/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { unlessAbsent } from './write-whole.ts';

const FACTS = 'serving.json';
const GRAPH = 'model.onnx';

interface Found {
  /** Undefined where the model itself says it. */
  readonly model?: string;
  readonly folder: string;
}

const isFile = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined))?.isFile() === true;

const hasModel = async (folder: string): Promise<boolean> =>
  (await isFile(join(folder, FACTS))) && (await isFile(join(folder, GRAPH)));

const readFacts = async (folder: string): Promise<ServingFacts> => {
  const parsed = ServingFacts.safeParse(JSON.parse(await readFile(join(folder, FACTS), 'utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PlatformError(
    'MODEL_LOAD_FAILED',
    `${join(folder, FACTS)} is not what training writes: ${issue?.path.join('.')} ${issue?.message}`,
  );
};

/** The folder itself, or one of its folders each. */
const findModels = async (root: string): Promise<Found[]> => {
  if (await hasModel(root)) return [{ folder: root }];
  const entries = await readdir(root, { withFileTypes: true });
  const found: Found[] = [];
  for (const { name } of entries) {
    const folder = join(root, name);
    if (Name.safeParse(name).success && (await hasModel(folder))) found.push({ model: name, folder });
  }
  return found.toSorted((one, other) => (one.folder < other.folder ? -1 : 1));
};

/** MLflow writes beside a downloaded model which version it is. */
const versionOf = async (folder: string): Promise<number> => {
  const text = await unlessAbsent(readFile(join(folder, 'registered_model_meta'), 'utf8'));
  return Number(/^model_version:\s*['"]?(\d{1,9})['"]?\s*$/m.exec(text ?? '')?.[1] ?? 1) || 1;
};

/** What is served of a folder: all traffic to its one version, under an address that its content is part of. */
const deploymentOf = async ({ model: named, folder }: Found): Promise<Deployment> => {
  const facts = await readFacts(folder);
  const model = named ?? facts.project;
  const changedMs = Math.max(
    ...(await Promise.all([GRAPH, FACTS].map((file) => stat(join(folder, file))))).map(({ mtimeMs }) => mtimeMs),
  );
  const modelUri = `${pathToFileURL(folder)}/?sha256=${facts.onnxSha256}&at=${Math.round(changedMs)}`;
  const version = await versionOf(folder);
  return Deployment.parse({
    ...{ model, project: model, phase: 'stable', stickyKey: facts.entityKey, featureService: '' },
    revision: Math.max(1, Math.round(changedMs)),
    variants: [{ version, weight: 100, modelUri, onnxSha256: facts.onnxSha256 }],
    reason: `found in ${basename(folder)}`,
    updatedAt: new Date(changedMs).toISOString(),
    updatedBy: 'local',
  });
};

const readExplanation = async (folder: string): Promise<ExplanationTexts> => {
  const { parts, background, golden } = explanationFiles;
  const [partsText, backgroundText, goldenText] = await Promise.all(
    [parts, background, golden].map((file) => readFile(join(folder, file), 'utf8')),
  );
  return { parts: partsText ?? '', background: backgroundText ?? '', golden: goldenText ?? '' };
};

const readFiles = async (folder: string): Promise<ModelFiles> => {
  const [graph, facts] = await Promise.all([readFile(join(folder, GRAPH)), readFile(join(folder, FACTS), 'utf8')]);
  const isExplained = (JSON.parse(facts) as { explanation?: unknown }).explanation !== undefined;
  return { graph, facts, ...(isExplained && { explanation: await readExplanation(folder) }) };
};

/** Says what is wrong with a folder once, however often it is looked at. */
const changedNotice = (notice: Notice) => {
  const said = new Map<string, string | undefined>();
  return (folder: string, reason: string | undefined): void => {
    if (reason !== undefined && said.get(folder) !== reason) notice('model folder not read', { folder, reason });
    said.set(folder, reason);
  };
};

/**
 * Models of a folder on this machine: the folder is one, as MLflow lays them out with serving.json beside model.onnx, or
 * each of its folders is. A file that is replaced is a new revision; one that cannot be read leaves the last that could.
 * @example const { list } = modelFolder('/opt/ml/model', notice)
 */
export const modelFolder = (folder: string, notice: Notice): Pick<DeploymentStore, 'list'> & ModelSource => {
  const root = resolve(folder);
  const known = new Map<string, Deployment>();
  const complain = changedNotice(notice);
  const describe = async (found: Found): Promise<Deployment | undefined> => {
    try {
      known.set(found.folder, await deploymentOf(found));
      complain(found.folder, undefined);
    } catch (error) {
      complain(found.folder, error instanceof Error ? error.message : String(error));
    }
    return known.get(found.folder);
  };
  return {
    list: async () => (await Promise.all((await findModels(root)).map(describe))).filter((one) => one !== undefined),
    fetch: (modelUri) => readFiles(fileURLToPath(modelUri.replace(/\/\?.*$/, ''))),
    // The folder is the place itself: what is bad there stays until somebody mends it.
    forget: async () => {},
  };
};
