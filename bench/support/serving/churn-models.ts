import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { trainingFiles } from '#contracts/training.ts';
import { localPaths, repositoryRoot } from '#local/paths.ts';
import { projectEnvironment } from '../../../scripts/lib/python.ts';
import { stackJob, trainOne } from '../train-candidates.ts';
import { trainingJobs } from '../training-jobs.ts';

/** A model that the training container made of the churn example. */
export interface ChurnModel {
  readonly name: string;
  /** Holds model.onnx, serving.json and explain/. */
  readonly folder: string;
  readonly facts: ServingFacts;
}

const END = '2026-06-30T00:00:00Z';
const CANDIDATES = ['lightgbm', 'logistic-regression'];
const work = join(localPaths().state, 'bench', 'serving-churn');
const folderOf = (name: string): string => join(work, 'models', name);

const rawFiles = async (): Promise<string> => {
  const out = join(work, 'raw');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const { generate } = await import('../../../examples/churn/generate.ts');
  await generate({ out, customers: 3_000, seed: 7, end: END.slice(0, 10), days: 30, drift: false });
  return out;
};

const trainAll = async (): Promise<void> => {
  const raw = await rawFiles();
  const python = join(await projectEnvironment('containers/training'), 'python');
  const project = join(repositoryRoot, 'examples', 'churn');
  const all = await trainingJobs({ project, raw, out: work, end: END });
  const jobs = all
    .filter(({ candidate }) => CANDIDATES.includes(candidate))
    .map((job) => ({ ...job, search: { ...job.search, trials: 3 } }));
  const results = jobs.map((job) => trainOne(python, job));
  const [first] = jobs;
  if (!first) throw new Error(`the churn example trains none of ${CANDIDATES.join(', ')}`);
  const stack = stackJob(first, results, CANDIDATES.length);
  trainOne(python, stack);
  for (const { candidate, outputUri } of [...jobs, stack])
    cpSync(join(outputUri, trainingFiles.model), folderOf(candidate), { recursive: true });
  writeFileSync(join(work, 'trained'), END);
};

const read = (name: string): ChurnModel => {
  const folder = folderOf(name);
  return { name, folder, facts: ServingFacts.parse(JSON.parse(readFileSync(join(folder, 'serving.json'), 'utf8'))) };
};

/** Trees, coefficients and their stack, trained the first time: about a minute. */
export const churnModels = async (): Promise<{
  readonly tree: ChurnModel;
  readonly linear: ChurnModel;
  readonly stack: ChurnModel;
}> => {
  if (!existsSync(join(work, 'trained'))) await trainAll();
  return { tree: read('lightgbm'), linear: read('logistic-regression'), stack: read('stacking') };
};
