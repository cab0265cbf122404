import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { mlopsClient } from '#sdk/index.ts';
import { boot, type Platform } from './boot.ts';
import { aroundProxies } from './emulator-env.ts';
import { demoFolder, mainJob } from './main-job/main-job.ts';
import { recordStages, type Stages } from './main-job/stages.ts';
import { type StartOptions, startOptions } from './options.ts';
import { type LocalOutputs, writeOutputs } from './outputs.ts';
import { type Progress, startProgress } from './progress.ts';
import { addressTable, summaryTable } from './summary.ts';
import { whileAlive } from './while-alive.ts';

interface Start {
  readonly options: StartOptions;
  readonly progress: Progress;
  readonly stages: Stages;
}

interface Up {
  readonly platform: Platform;
  readonly outputs: LocalOutputs;
}

type Failure = Error & { readonly code?: string };

const tell = ({ code, message }: Failure): string => (code ? `${code}: ${message}` : message);

const bringUp = ({ options, progress, stages }: Start): Promise<Platform> =>
  stages.run('boot', () =>
    boot({
      reset: options.reset,
      onProgress: (message) => progress.say(message),
      ...(process.env.MLOPS_STATE && { state: resolve(process.env.MLOPS_STATE) }),
    }),
  );

const deploy = ({ stages }: Start, platform: Platform): Promise<LocalOutputs> =>
  stages.run('deploy', async (note) => {
    const stacks = await whileAlive(platform.emulator.died, platform.deploy());
    note({ stacks: Object.keys(stacks).length });
    return writeOutputs(platform, stacks);
  });

const runProject = ({ options, progress, stages }: Start, { platform, outputs }: Up): Promise<void> =>
  mainJob({
    mlops: mlopsClient(outputs),
    stages,
    say: (message) => progress.say(message),
    projectFolder: options.project,
    dataPath: options.data,
    workDir: demoFolder(platform.paths.state),
  });

const printSummary = ({ options, stages }: Start, { platform, outputs }: Up, ok: boolean) => {
  const json = JSON.stringify({ ok, stages: stages.results, outputs }, null, 2);
  writeFileSync(join(platform.paths.state, 'summary.json'), `${json}\n`, { mode: 0o600 });
  if (options.json) return console.log(json);
  const file = relative('', join(platform.paths.state, 'outputs.json'));
  console.log(`\n${summaryTable(stages.results)}\n\n${addressTable(outputs, file)}`);
};

/** Stays up until Ctrl-C (the boot's own signal handlers stop everything) or until the emulator dies. */
const stayUp = async ({ emulator }: Platform) => {
  console.error('\nThe platform is up. Try: npx mlp status — Ctrl-C ends it.');
  throw await emulator.died;
};

const use = async (now: Start, platform: Platform): Promise<number> => {
  const { options, progress } = now;
  const up = { platform, outputs: await deploy(now, platform) };
  const { died } = platform.emulator;
  const failure = options.run
    ? await whileAlive(died, runProject(now, up)).then(
        () => undefined,
        (error: Failure) => error,
      )
    : undefined;
  progress.close();
  printSummary(now, up, failure === undefined);
  if (failure) console.error(`\nfailed: ${tell(failure)}`);
  if (!options.once) await stayUp(platform);
  return failure ? 1 : 0;
};

const start = async (): Promise<number> => {
  Object.assign(process.env, aroundProxies(process.env));
  const options = startOptions(process.argv);
  const progress = startProgress();
  const now: Start = { options, progress, stages: recordStages(progress) };
  const platform = await bringUp(now);
  try {
    return await use(now, platform);
  } finally {
    progress.close();
    await platform.stop();
  }
};

// Exits, because after a failure work may still be waiting for answers that will never come. Where a signal has begun
// the end, its code stands, and what fails because of the end is no news.
start().then(
  (code) => process.exit(process.exitCode ?? code),
  (error: Failure) => {
    if (process.exitCode === undefined) console.error(`\n${tell(error)}`);
    process.exit(process.exitCode ?? 1);
  },
);
