import { Command } from 'commander';
import { PipelineName } from '#contracts/pipelines.ts';
import { waitForRun } from '#sdk/index.ts';
import { chosenLine } from '../chosen-line.ts';
import { connect } from '../connection.ts';
import { show } from '../output.ts';
import { describeRun } from '../run-text.ts';
import { scoredLine } from '../scored-line.ts';
import { stageTeller } from '../stage-teller.ts';

interface RunOptions {
  readonly project: string;
  readonly param: Record<string, unknown>;
  readonly wait: boolean;
  readonly json?: boolean;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const collect = (pair: string, soFar: Record<string, unknown>) => {
  const at = pair.indexOf('=');
  if (at < 1) throw new Error(`--param takes name=value, got ${pair}`);
  return { ...soFar, [pair.slice(0, at)]: parsed(pair.slice(at + 1)) };
};

const run = async (pipeline: string, { project, param, wait, json }: RunOptions): Promise<void> => {
  const mlops = connect();
  const body = { project, parameters: param };
  const { runId } = await mlops.pipelines.startPipeline({ path: { pipeline }, body });
  if (!wait) return show({ runId }, json, () => runId);
  const ended = await waitForRun(mlops, runId, json ? {} : { onLook: stageTeller(mlops) });
  show(ended, json, describeRun);
  const cameTo = json ? undefined : ((await chosenLine(mlops, ended)) ?? scoredLine(ended));
  if (cameTo !== undefined) console.log(cameTo);
  if (ended.status !== 'SUCCEEDED') process.exitCode = 1;
};

export const runCommand = (): Command =>
  new Command('run')
    .description('start a pipeline and wait for its end')
    .argument('<pipeline>', PipelineName.options.join(', '))
    .requiredOption('--project <name>', '(required) name of an applied project')
    .option('--param <name=value>', 'parameter of the pipeline, repeatable', collect, {})
    .option('--no-wait', 'only start it')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp run training --project churn --param refreshData=true')
    .action(run);
