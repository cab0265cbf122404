import { Command } from 'commander';
import { type MlopsClient, waitForRun } from '#sdk/index.ts';
import { connect } from '../connection.ts';
import { countOf } from '../count-of.ts';
import { show } from '../output.ts';
import { describeRun } from '../run-text.ts';
import { scoredLine } from '../scored-line.ts';
import { stageTeller } from '../stage-teller.ts';
import { wholeId } from './data/dataset-id.ts';

interface ScoreOptions {
  readonly dataset?: string;
  readonly modelVersion?: string;
  readonly explain?: boolean;
  readonly wait: boolean;
  readonly json?: boolean;
}

const parametersOf = async ({ datasets }: MlopsClient, project: string, options: ScoreOptions) => {
  const { dataset, modelVersion, explain } = options;
  return {
    ...(dataset !== undefined && { datasetId: await wholeId(datasets, project, dataset) }),
    ...(modelVersion !== undefined && { modelVersion: countOf('--model-version', modelVersion) }),
    ...(explain && { explain }),
  };
};

const score = async (project: string, options: ScoreOptions): Promise<void> => {
  const { json } = options;
  const mlops = connect();
  const body = { project, parameters: await parametersOf(mlops, project, options) };
  const { runId } = await mlops.pipelines.startPipeline({ path: { pipeline: 'scoring' }, body });
  if (!options.wait) return show({ runId }, json, () => runId);
  const run = await waitForRun(mlops, runId, json ? {} : { onLook: stageTeller(mlops) });
  show(run, json, (ended) => [describeRun(ended), scoredLine(ended) ?? ''].join('\n').trimEnd());
  if (run.status !== 'SUCCEEDED') process.exitCode = 1;
};

export const scoreCommand = (): Command =>
  new Command('score')
    .description('score all entities of a project, and wait for the end')
    .argument('<project>', 'name of an applied project')
    .option('--dataset <id>', 'features data set to score, or how its id begins (default: the newest)')
    .option('--model-version <n>', 'version that scores (default: the one in production)')
    .option('--explain', 'add the explanation of every prediction')
    .option('--no-wait', 'only start it')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp score churn --explain\n  mlp data list churn --kind scores')
    .action(score);
