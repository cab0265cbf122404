import { Command } from 'commander';
import type { DeployModel } from '#contracts/deployment.ts';
import { waitForRun } from '#sdk/index.ts';
import { connect } from '../connection.ts';
import { countOf } from '../count-of.ts';
import { show } from '../output.ts';
import { describeRun } from '../run-text.ts';
import { stageTeller } from '../stage-teller.ts';

interface DeployOptions {
  readonly endpoint?: string;
  readonly staging?: boolean;
  readonly wait: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  mlp deploy churn 3
  mlp deploy churn 4 --endpoint mlops-churn-4   # a SageMaker endpoint runs it; the fleet asks it`;

const requestOf = (model: string, version: string, { endpoint, staging }: DeployOptions): DeployModel => ({
  model_name: model,
  model_version: countOf('version', version),
  environment: staging ? 'staging' : 'production',
  ...(endpoint !== undefined && { endpoint }),
});

const deploy = async (model: string, version: string, options: DeployOptions): Promise<void> => {
  const mlops = connect();
  const initiated = await mlops.deployment.deployModel({ body: requestOf(model, version, options) });
  const { run_id: runId } = initiated;
  if (runId === null) return show(initiated, options.json, () => `${model} version ${version} is in Staging`);
  if (!options.wait) return show(initiated, options.json, () => runId);
  const run = await waitForRun(mlops, runId, options.json ? {} : { onLook: stageTeller(mlops) });
  show(run, options.json, describeRun);
  if (run.status !== 'SUCCEEDED') process.exitCode = 1;
};

export const deployCommand = (): Command =>
  new Command('deploy')
    .description('roll a version of a model out by canary, and wait for the end')
    .argument('<model>', 'name of a model')
    .argument('<version>', 'number of the version')
    .option('--endpoint <name>', 'SageMaker endpoint that runs the version, named mlops-…')
    .option('--staging', 'make it the version in Staging instead, which moves no traffic')
    .option('--no-wait', 'only start it')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(deploy);
