import { z } from 'zod';
import { plainCause } from '#adapters/aws/sfn-cause.ts';
import { readPayload } from '#adapters/aws/sfn-pipeline-engine.ts';
import { PipelineName, type PipelineRun, PipelineRunStatus } from '#contracts/pipelines.ts';
import { projectOf } from '#core/pipelines/index.ts';

const Detail = z.object({
  stateMachineArn: z.string(),
  name: z.string(),
  status: z.string(),
  startDate: z.number(),
  stopDate: z.number().nullish(),
  input: z.string().nullish(),
  output: z.string().nullish(),
  error: z.string().nullish(),
  cause: z.string().nullish(),
});
const StatusEvent = z.object({ detail: Detail });
type Detail = z.infer<typeof Detail>;

/** Fields that are only there once something has come of the run. */
const outcome = ({ stopDate, output, error, cause }: Detail) => ({
  ...(stopDate && { endedAt: new Date(stopDate).toISOString() }),
  ...(output && { output: readPayload(output) }),
  ...(error && { error }),
  ...(cause && { cause: plainCause(cause) }),
});

/**
 * The run that a "Step Functions Execution Status Change" event tells of; undefined when its machine is none of
 * the pipelines.
 */
export const runOfEvent = (event: unknown, arns: Readonly<Record<PipelineName, string>>): PipelineRun | undefined => {
  const { detail } = StatusEvent.parse(event);
  const pipeline = PipelineName.options.find((name) => arns[name] === detail.stateMachineArn);
  if (!pipeline) return undefined;
  const status = PipelineRunStatus.safeParse(detail.status);
  const input = readPayload(detail.input);
  return {
    runId: `${pipeline}.${detail.name}`,
    pipeline,
    project: projectOf(input),
    status: status.success ? status.data : 'RUNNING',
    startedAt: new Date(detail.startDate).toISOString(),
    input: input ?? {},
    ...outcome(detail),
    stages: [],
  };
};
