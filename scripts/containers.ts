/**
 * `npm run containers`: builds the images as MLOPS_ENGINE=docker takes them, and starts each once. Needs Docker.
 * What follows goes to `docker build`: `npm run containers -- --pull`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { buildArguments } from '#local/image-inputs.ts';
import { type Finished, root, run } from './lib/shell.ts';

const docker = (...args: string[]): Promise<Finished> => run({ file: 'docker', args });
const imageOf = (name: string): string => `mlops-platform/${name}:local`;

const must = async (what: string, call: Promise<Finished>): Promise<string> => {
  const { code, output } = await call;
  if (code !== 0) throw new Error(`${what} ended with code ${code}:\n${output}`);
  return output.trim();
};

const build = async (name: string): Promise<void> => {
  const args = [...buildArguments(root, name).slice(0, -1), ...process.argv.slice(2), '.'];
  const { code } = await run({ file: 'docker', args, stream: true });
  if (code !== 0) throw new Error(`building ${imageOf(name)} failed, see above`);
};

// Alive is a task that listens, whatever it finds behind its tables: here nothing.
const servingVariables = {
  DEPLOYMENTS_TABLE: 'none',
  FEATURES_TABLE: 'none',
  ARTIFACT_BUCKET: 'none',
  LEDGER_STREAM_NAME: 'none',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
};
const askLive = "fetch('http://127.0.0.1:8080/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))";
const liveWithinMs = 30_000;

/** As on AWS nothing can be written but the image's own volume. */
const checkServing = async (): Promise<void> => {
  const variables = Object.entries(servingVariables).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const id = await must('docker run', docker('run', '-d', '--read-only', ...variables, imageOf('serving')));
  try {
    const giveUpAt = Date.now() + liveWithinMs;
    while ((await docker('exec', id, 'node', '-e', askLive)).code !== 0) {
      if (Date.now() < giveUpAt) await sleep(500);
      else throw new Error(`serving did not answer /live within 30 s:\n${(await docker('logs', id)).output}`);
    }
  } finally {
    await docker('rm', '-f', '-v', id);
  }
};

/** Without a job it must end with 1 and say so: a crash, or a hang, would be another code. */
const checkTraining = async (): Promise<void> => {
  const { code, output } = await docker('run', '--rm', imageOf('training'));
  if (code === 1 && output.includes('JOB_SPEC_URI is not set')) return;
  throw new Error(`training without a job must end with code 1 and name JOB_SPEC_URI, got ${code}:\n${output}`);
};

// Nobody is there to take its refusal, so it ends as one that is tried again.
const processingVariables = {
  STEP: 'features/ingest',
  INPUT: '{"project":"none","execution":"none"}',
  CODE_VERSIONS: '{"features/ingest":"none"}',
  DATA_BUCKET: 'none',
  PROJECTS_TABLE: 'none',
  MEMORY_MIB: '1024',
  CORES: '1',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
};

/** The bundle must load the code of a step, DuckDB's binary included, and tell what is wrong with its input. */
const checkProcessing = async (): Promise<void> => {
  const variables = Object.entries(processingVariables).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const { code, output } = await docker('run', '--rm', ...variables, imageOf('processing'));
  const last = output.trim().split('\n').at(-1) ?? '';
  if (code === 2 && last.includes('"code":"INVALID_REQUEST"')) return;
  throw new Error(
    `processing with a wrong input must end with code 2 and say INVALID_REQUEST, got ${code}:\n${output}`,
  );
};

const containers = async (): Promise<void> => {
  await must('Docker does not answer: start it, or set DOCKER_HOST; `docker version`', docker('version'));
  for (const name of ['serving', 'training', 'processing']) await build(name);
  await checkServing();
  console.log('serving: answers /live');
  await checkTraining();
  console.log('training: without a job it ends with code 1 and says why');
  await checkProcessing();
  console.log('processing: loads a step, refuses a wrong input and says why');
};

containers().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
