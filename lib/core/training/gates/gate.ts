import type { GateReport, GateVerdict } from '#contracts/gates.ts';
import type { Project } from '#contracts/project.ts';
import type { StepInput, StepOutput } from '#contracts/step.ts';
import type { Run } from '#contracts/tracking.ts';
import { trainingFiles } from '#contracts/training.ts';
import type { TrainingResult } from '#contracts/training-result.ts';
import type { trainingSteps } from '#contracts/training-steps.ts';
import { loadProject, trainingPlan } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { getRun } from '#core/tracking/index.ts';
import { refuse } from '../fail-run.ts';
import { logInBatches } from '../log-in-batches.ts';
import type { GateDeps } from '../ports.ts';
import { resultBelow } from '../results.ts';
import { fairnessVerdicts } from './fairness-verdicts.ts';
import { productionGates } from './in-production.ts';
import { metricVerdicts } from './metric-verdicts.ts';
import { type NodeParity, nodeParity } from './parity-node.ts';
import { parityVerdicts } from './parity-verdicts.ts';
import { productionVerdicts } from './production-verdicts.ts';

type Input = StepInput<typeof trainingSteps.gate>;
type Output = StepOutput<typeof trainingSteps.gate>;

/** Where the verdicts of a training lie. */
export const gateReportUri = ({ info }: Pick<Run, 'info'>): string => `${info.artifactUri}/gate.json`;

/** The version that the training was told to be compared with. */
const versionToBeat = ({ tags }: Run, { production }: TrainingResult): number | undefined => {
  const told = Number(tags.productionVersion);
  return Number.isInteger(told) ? told : production?.version;
};

interface Judged {
  readonly project: Project;
  readonly parent: Run;
  readonly result: TrainingResult;
  readonly node: NodeParity;
}

/** Every gate of a project, and parity, which no project can leave out. */
const verdictsOf = ({ project, parent, result, node }: Judged): GateVerdict[] => [
  ...metricVerdicts(trainingPlan(project).gates, result.testMetrics),
  ...productionVerdicts(productionGates(project), {
    version: versionToBeat(parent, result),
    compared: result.production,
  }),
  ...parityVerdicts(result.parity, node),
  ...fairnessVerdicts(project.fairness, result.fairness),
];

/** A tag each; a second gate of the same name has a number behind it. */
export const gateTags = ({ passed: all, verdicts }: GateReport): Record<string, string> => {
  const seen = new Map<string, number>();
  const each = Object.fromEntries(
    verdicts.map(({ name, passed, message }) => {
      const nth = (seen.get(name) ?? 0) + 1;
      seen.set(name, nth);
      return [`gate.${name}${nth > 1 ? ` ${nth}` : ''}`, `${passed ? 'passed' : 'refused'}: ${message}`];
    }),
  );
  return { ...each, gate: all ? 'passed' : 'refused' };
};

const record = async (deps: GateDeps, input: Input, judged: Judged & { report: GateReport }): Promise<void> => {
  const { parent, report, node } = judged;
  if (node.report) await deps.documents.write(`${input.outputUri}${trainingFiles.parityNode}`, node.report);
  await deps.documents.write(gateReportUri(parent), report);
  await logInBatches(deps.tracking, input.runId, { metrics: [], params: {}, tags: gateTags(report) });
};

const notMet = ({ project, candidate }: Input, verdicts: readonly GateVerdict[]): PlatformError => {
  const refused = verdicts.filter((verdict) => !verdict.passed);
  const message =
    `${candidate}, the best model of ${project}, does not pass the gate: ${refused.map((v) => v.message).join('; ')}. ` +
    'Nothing was registered and what serves stays as it is: improve the features or change gate and fairness in ' +
    'project.yaml';
  return new PlatformError('GATE_NOT_MET', message, { refused });
};

/**
 * Holds the chosen candidate against every gate of the project, the version in production, the original pipeline and
 * the limits of fairness; the verdicts are kept as gate.json beside the parent run and as tags of it.
 * @throws GATE_NOT_MET with every gate that refused: the parent run ends as FAILED
 */
export const gate = async (deps: GateDeps, input: Input): Promise<Output> => {
  const { project } = await loadProject(deps.projects, input.project, input.projectVersion);
  const parent = await getRun(deps.tracking, input.runId);
  const result = await resultBelow(deps.documents, input.outputUri);
  const judged = { project, parent, result, node: await nodeParity(deps, input.outputUri, result) };
  const verdicts = verdictsOf(judged);
  const passed = verdicts.every((verdict) => verdict.passed);
  const { projectVersion } = input;
  await record(deps, input, { ...judged, report: { passed, candidate: result.candidate, projectVersion, verdicts } });
  if (!passed) return refuse(deps, input.runId, notMet(input, verdicts));
  return { metrics: result.testMetrics };
};
