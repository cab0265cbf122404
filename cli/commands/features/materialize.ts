import { Command } from 'commander';
import type { MaterializationProgress } from '#contracts/feature-requests.ts';
import type { MlopsClient } from '#sdk/index.ts';
import { connect } from '../../connection.ts';
import { show } from '../../output.ts';

interface MaterializeOptions {
  readonly project?: string;
  readonly views?: string[];
  readonly start?: string;
  readonly end?: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

const LOOK_EVERY_MS = 1_000;
const count = (n: number): string => n.toLocaleString('en-US');

/** @example '3 of 12 shards, 120,000 of 1,000,000 rows, 8,412 rows/s' */
export const progressLine = (progress: MaterializationProgress): string => {
  const { shards, shardsDone, rows, rowsDone, rowsPerSecond } = progress;
  if (shards === 0 && progress.status === 'RUNNING') return 'planning: what has come since the last time';
  return `${shardsDone} of ${shards} shards, ${count(rowsDone)} of ${count(rows)} rows, ${count(rowsPerSecond)} rows/s`;
};

const endText = (progress: MaterializationProgress): string => {
  const { runId, status, written, skippedOlder } = progress;
  const newer = skippedOlder > 0 ? `, ${count(skippedOlder)} left alone: the online ones are newer` : '';
  const why = status === 'SUCCEEDED' ? '' : `\nmlp status ${runId} tells why; run it again to go on with the rest`;
  return `${runId}  ${status}  ${progressLine(progress)}\n${count(written)} rows written${newer}${why}`;
};

/** Looks until the run has ended; a line is told when it says something new. */
const watch = async (mlops: MlopsClient, runId: string, say: (line: string) => void) => {
  let told = '';
  for (;;) {
    // A run that was started this moment is not known everywhere yet.
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const progress = await mlops.features.materialization({ path: { runId } });
    const line = progressLine(progress);
    if (line !== told) say(line);
    told = line;
    if (progress.status !== 'RUNNING') return progress;
  }
};

const bodyOf = ({ project, views, start, end }: MaterializeOptions) => ({
  ...(project && { project }),
  ...(views && { featureViews: views }),
  ...(start && { start }),
  ...(end && { end }),
});

export const materializeCommand = (): Command =>
  new Command('materialize')
    .description('bring offline feature values online: what has come since the last time, or a range')
    .option('--project <name>', 'name of a project; needed where several define views')
    .option('--views <a,b>', 'names of feature views; all online ones without it', (text: string) => text.split(','))
    .option('--start <time>', 'from when, with a zone: 2026-01-01T00:00:00Z; the end of the last run without it')
    .option('--end <time>', 'until when; now without it')
    .option('--wait', 'wait for the end and tell how far it has come', false)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp features materialize --project churn --views customer_profile --wait')
    .action(async (options: MaterializeOptions) => {
      const mlops = connect();
      const started = await mlops.features.materialize({ body: bodyOf(options) });
      if (!options.wait) return show(started, options.json, ({ runId }) => runId);
      const say = options.json ? () => undefined : (line: string) => console.error(line);
      const end = await watch(mlops, started.runId, say);
      show(end, options.json, endText);
      if (end.status !== 'SUCCEEDED') process.exitCode = 1;
    });
