import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mlopsClient } from '#sdk/index.ts';
import { boot, type Platform } from './boot.ts';
import { demoFolder, mainJob } from './main-job/main-job.ts';
import { recordStages, type Stages } from './main-job/stages.ts';
import { type StartOptions, startOptions } from './options.ts';
import { type LocalOutputs, writeOutputs } from './outputs.ts';
import { type Progress, startProgress } from './progress.ts';
import { addressTable, summaryTable } from './summary.ts';

interface Start {
  readonly options: StartOptions;
  readonly progress: Progress;
  readonly stages: Stages;
}

interface Up {
  readonly platform: Platform;
  readonly outputs: LocalOutputs;
}

const bringUp = async ({ options, progress, stages }: Start): Promise<Up> => {
  const onProgress = (message: string) => progress.say(message);
  const platform = await stages.run('boot', () => boot({ reset: options.reset, onProgress }));
  try {
    const outputs = await stages.run('deploy', async (note) => {
      const stacks = await platform.deploy();
      note({ stacks: Object.keys(stacks).length });
      return writeOutputs(platform, stacks);
    });
    return { platform, outputs };
  } catch (error) {
    await platform.stop();
    throw error;
  }
};

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
  console.log(`\n${summaryTable(stages.results)}\n\n${addressTable(outputs)}`);
};

/** Stays up until Ctrl-C (the boot's own signal handlers stop everything) or until the emulator dies. */
const stayUp = async (platform: Platform) => {
  console.log('\nThe platform is up. Try: npx mlp status — Ctrl-C ends it.');
  throw await platform.emulator.died;
};

const start = async (): Promise<number> => {
  const options = startOptions(process.argv);
  const progress = startProgress();
  const now: Start = { options, progress, stages: recordStages(progress) };
  const up = await bringUp(now);
  const failure = options.run
    ? await runProject(now, up).then(
        () => undefined,
        (error: Error) => error,
      )
    : undefined;
  progress.close();
  printSummary(now, up, failure === undefined);
  if (failure) console.error(`\nfailed: ${failure.message}`);
  if (!options.once) await stayUp(up.platform);
  await up.platform.stop();
  return failure ? 1 : 0;
};

start().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error & { code?: string }) => {
    console.error(`\n${error.code ? `${error.code}: ` : ''}${error.message}`);
    process.exitCode = 1;
  },
);
