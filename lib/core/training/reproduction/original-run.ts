import { CandidateName } from '#contracts/problems.ts';
import type { Run } from '#contracts/tracking.ts';
import { TrainingJob, trainingFiles } from '#contracts/training.ts';
import { TrainingResult } from '#contracts/training-result.ts';
import { PlatformError } from '#core/shared/index.ts';
import { getExperiment, getRun } from '#core/tracking/index.ts';
import type { RunDeps } from '../ports.ts';
import { readQuietly } from '../results.ts';
import { jobPlace } from '../training-job.ts';

/** A run whose model can be made once more. */
export interface Original {
  readonly run: Run;
  /** s3://bucket/{experimentId}, without a slash at its end. */
  readonly experimentUri: string;
  readonly job: TrainingJob;
  readonly result: TrainingResult;
}

const refused = (runId: string, why: string): PlatformError =>
  new PlatformError(
    'RUN_NOT_REPRODUCIBLE',
    `run "${runId}" cannot be made once more: ${why}; name a candidate's run, \`mlp runs candidates\` lists them`,
    { runId },
  );

/** The run of a candidate; a training's own run means the candidate that it chose. */
const candidateRun = async ({ tracking }: RunDeps, project: string, runId: string): Promise<Run> => {
  const named = await getRun(tracking, runId);
  const chosen = named.tags.childRunId;
  const run = chosen === undefined ? named : await getRun(tracking, chosen);
  const { candidate, execution, project: owner = 'none' } = run.tags;
  if (candidate === undefined && execution !== undefined) throw refused(runId, 'its training has chosen no candidate');
  if (candidate === undefined) throw refused(runId, 'no training of the platform made it');
  if (owner !== project) throw refused(runId, `it belongs to project ${owner}, asked for is ${project}`);
  return run;
};

const RUN_ID = /^[0-9a-f]{32}$/;

/** Where the job of a run was laid; its tags are anyone's to write, so none may lead out of the folder of jobs. */
const specUriOf = ({ info, tags }: Run, experimentUri: string): string | undefined => {
  const parent = tags['mlflow.parentRunId'] ?? info.runId;
  const candidate = CandidateName.safeParse(tags.candidate);
  if (!RUN_ID.test(parent) || !candidate.success) return undefined;
  return jobPlace(experimentUri, { runId: parent, childRunId: info.runId, candidate: candidate.data }).specUri;
};

const jobOf = async ({ documents }: RunDeps, run: Run, experimentUri: string): Promise<TrainingJob> => {
  const { runId } = run.info;
  const specUri = specUriOf(run, experimentUri);
  if (specUri === undefined) throw refused(runId, 'its tags name no job: candidate or mlflow.parentRunId was changed');
  const job = TrainingJob.safeParse(await readQuietly(documents, specUri));
  if (!job.success) throw refused(runId, `its job ${specUri} is gone or of an earlier version`);
  if (job.data.runId !== runId) throw refused(runId, `${specUri} is the job of run ${job.data.runId}`);
  return job.data;
};

/** Why a run has no result. */
const noResult = ({ info: { status }, tags }: Run, uri: string): string => {
  if (status === 'RUNNING') return 'it has not ended';
  const reason = tags['failure.reason'];
  return reason === undefined ? `its result ${uri} is gone or of an earlier version` : `it failed (${reason})`;
};

/**
 * What a run was told and what came of it.
 * @throws RUN_NOT_FOUND, RUN_NOT_REPRODUCIBLE
 */
export const originalRun = async (deps: RunDeps, project: string, reproduce: string): Promise<Original> => {
  const run = await candidateRun(deps, project, reproduce);
  const { artifactLocation: experimentUri } = await getExperiment(deps.tracking, run.info.experimentId);
  const job = await jobOf(deps, run, experimentUri);
  const uri = `${run.info.artifactUri}/${trainingFiles.result}`;
  const result = TrainingResult.safeParse(await readQuietly(deps.documents, uri));
  if (!result.success) throw refused(reproduce, noResult(run, uri));
  return { run, experimentUri, job, result: result.data };
};
