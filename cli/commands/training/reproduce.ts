import { Command } from 'commander';
import type { PipelineRun } from '#contracts/pipelines.ts';
import type { StepOutput } from '#contracts/step.ts';
import { trainingSteps } from '#contracts/training-steps.ts';
import { type MlopsClient, waitForRun } from '#sdk/index.ts';
import { connect } from '../../connection.ts';
import { show } from '../../output.ts';
import { runNamed } from '../../run-named.ts';
import { describeRun } from '../../run-text.ts';
import { stageTeller } from '../../stage-teller.ts';

type Verdict = StepOutput<typeof trainingSteps.compareReproduction>;

const { output: verdictSchema } = trainingSteps.compareReproduction;

const verdictOf = (run: PipelineRun): Verdict | undefined => {
  for (const output of [run.output, ...run.stages.map((stage) => stage.output)]) {
    const parsed = verdictSchema.safeParse(output);
    if (parsed.success) return parsed.data;
  }
  return undefined;
};

const asText =
  (original: string) =>
  ({ reproduced, runId, onnxSha256, differences, maxMetricDifference }: Verdict): string =>
    [
      reproduced ? 'reproduced: the same bytes' : 'NOT reproduced: other bytes',
      `original  ${onnxSha256.original}  run ${original}`,
      `again     ${onnxSha256.again}  run ${runId}`,
      `largest difference of a test metric: ${maxMetricDifference}`,
      ...(differences.length > 0 ? ['what differs:', ...differences.map((one) => `  ${one}`)] : []),
    ].join('\n');

/** A training stands for the candidate that it chose. */
const candidateOf = async (mlops: MlopsClient, given: string): Promise<{ runId: string; project: string }> => {
  const { info, tags } = await runNamed(mlops, given);
  const { runId } = info;
  const { project, childRunId, candidate, execution } = tags;
  if (project === undefined || (childRunId ?? candidate ?? execution) === undefined)
    throw new Error(`run ${runId} was not made by a training; \`mlp runs candidates RUN\` shows those that were`);
  if ((childRunId ?? candidate) === undefined)
    throw new Error(`training ${runId} chose no candidate; name one: \`mlp runs candidates ${runId}\` lists them`);
  return { runId: childRunId ?? runId, project };
};

export const reproduceCommand = (): Command =>
  new Command('reproduce')
    .description('train a candidate once more from the same data and compare the bytes; ends with 1 where they differ')
    .argument('<run>', 'id of a candidate of a training, or of the training (training.01… too): its chosen one')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp runs reproduce 6f0b5c1d2e3f4a5b6c7d8e9f0a1b2c3d')
    .action(async (given: string, { json }: { json?: boolean }) => {
      const mlops = connect();
      const { runId: reproduce, project } = await candidateOf(mlops, given);
      const started = await mlops.pipelines.startPipeline({
        path: { pipeline: 'training' },
        body: { project, parameters: { reproduce } },
      });
      const run = await waitForRun(mlops, started.runId, json ? {} : { onLook: stageTeller(mlops) });
      const verdict = verdictOf(run);
      if (verdict) show(verdict, json, asText(reproduce));
      else show(run, json, describeRun);
      if (!verdict?.reproduced) process.exitCode = 1;
    });
