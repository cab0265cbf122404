import type { Gate } from '#contracts/project.ts';
import type { StepInput, StepOutput, trainingSteps } from '#contracts/steps.ts';
import { TrainingResult, trainingFiles } from '#contracts/training.ts';
import { loadProject } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { getRun, logBatch } from '#core/tracking/index.ts';
import { refuse } from './fail-run.ts';
import type { TrainingDeps } from './ports.ts';

type Input = StepInput<typeof trainingSteps.gate>;
type Output = StepOutput<typeof trainingSteps.gate>;

export interface GateVerdict extends Gate {
  /** Null when the task did not measure it. */
  readonly value: number | null;
  readonly passed: boolean;
}

/**
 * Every gate against the figures of the untouched test split; a figure that is missing does not pass.
 * @example judgeGates([{ metric: 'roc_auc', minimum: 0.85 }], { roc_auc: 0.84 })[0].passed // false
 */
export const judgeGates = (gates: readonly Gate[], metrics: Readonly<Record<string, number>>): GateVerdict[] =>
  gates.map((gate) => {
    const value = metrics[gate.metric] ?? null;
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = gate;
    return { ...gate, value, passed: value !== null && value >= minimum && value <= maximum };
  });

const sentence = ({ metric, value, minimum, maximum }: GateVerdict): string => {
  const bounds = [minimum !== undefined && `at least ${minimum}`, maximum !== undefined && `at most ${maximum}`];
  return `${metric} is ${value ?? 'not measured'}, must be ${bounds.filter(Boolean).join(' and ')}`;
};

const notMet = ({ project, candidate }: Input, verdicts: readonly GateVerdict[]): PlatformError => {
  const refused = verdicts.filter((verdict) => !verdict.passed);
  const message =
    `${candidate}, the best model of ${project}, does not pass the gate: ${refused.map(sentence).join('; ')}. ` +
    'Nothing was registered and what serves stays as it is: improve the features or change gate in project.yaml';
  return new PlatformError('GATE_NOT_MET', message, { refused });
};

const readMetrics = async (deps: TrainingDeps, { outputUri }: Input): Promise<Record<string, number>> => {
  const uri = `${outputUri}${trainingFiles.result}`;
  const parsed = TrainingResult.safeParse(await deps.documents.read(uri));
  if (parsed.success) return parsed.data.testMetrics;
  throw new PlatformError('CANDIDATES_FAILED', `${uri} is gone or not a training result; train again`, { uri });
};

const record = async (deps: TrainingDeps, input: Input, verdicts: readonly GateVerdict[]): Promise<void> => {
  const { info } = await getRun(deps.tracking, input.runId);
  const passed = verdicts.every((verdict) => verdict.passed);
  const { candidate, projectVersion } = input;
  await deps.documents.write(`${info.artifactUri}/gate.json`, { passed, candidate, projectVersion, verdicts });
  const tags = Object.fromEntries(
    verdicts.map((v) => [`gate.${v.metric}`, `${v.passed ? 'passed' : 'refused'}: ${sentence(v)}`]),
  );
  await logBatch(deps.tracking, input.runId, {
    metrics: [],
    params: {},
    tags: { ...tags, gate: passed ? 'passed' : 'refused' },
  });
};

/**
 * Holds the chosen candidate against every gate of the project; the verdict is kept as gate.json beside the parent run.
 * @throws GATE_NOT_MET with every gate that refused: the parent run ends as FAILED
 */
export const gate = async (deps: TrainingDeps, input: Input): Promise<Output> => {
  const { project } = await loadProject(deps.projects, input.project, input.projectVersion);
  const metrics = await readMetrics(deps, input);
  const verdicts = judgeGates(project.gate, metrics);
  await record(deps, input, verdicts);
  if (verdicts.some((verdict) => !verdict.passed)) return refuse(deps, input.runId, notMet(input, verdicts));
  return { metrics };
};
