import type { DatasetManifest } from '#contracts/datasets.ts';
import type { GateReport } from '#contracts/gates.ts';
import { CandidateName } from '#contracts/problems.ts';
import type { StepInput } from '#contracts/step.ts';
import { trainingFiles } from '#contracts/training.ts';
import type { TrainingResult } from '#contracts/training-result.ts';
import type { trainingSteps } from '#contracts/training-steps.ts';
import { type DatasetCatalog, requireDataset } from '#core/features/index.ts';
import { loadProject } from '#core/pipelines/index.ts';
import { type CandidateRow, type CardFacts, candidateRow, cardPlots, modelCard } from './card/index.ts';
import type { RegisterDeps } from './ports.ts';
import { childRunId } from './run-ids.ts';

type Input = StepInput<typeof trainingSteps.register>;

/** What a card is written about. */
export interface Registered {
  readonly input: Input;
  readonly version: number;
  /** ISO 8601, UTC: the same however often the card is written. */
  readonly madeAt: string;
  readonly result: TrainingResult;
  readonly gate: GateReport;
}

/** Addresses of both texts of a model's card. */
export const cardUris = ({ outputUri }: Pick<Input, 'outputUri'>): { html: string; markdown: string } => ({
  html: `${outputUri}${trainingFiles.card}`,
  markdown: `${outputUri}${trainingFiles.cardText}`,
});

const candidatesOf = async ({ tracking, digest }: RegisterDeps, { execution }: Input): Promise<CandidateRow[]> => {
  const ids = CandidateName.options.map((candidate) => childRunId(digest, execution, candidate));
  const found = await Promise.all(ids.map((runId) => tracking.tracking.findRun(runId)));
  return found.flatMap((run) => (run ? [candidateRow(run)] : []));
};

const plotsOf = async ({ files }: RegisterDeps, { input, result }: Registered): Promise<CardFacts['plots']> => {
  const folder = `${input.outputUri}${trainingFiles.plots}`;
  const read = cardPlots(result.plots).map(async (name) => ({ name, png: await files.read(`${folder}${name}.png`) }));
  return (await Promise.all(read)).flatMap(({ name, png }) => (png ? [{ name, png }] : []));
};

type Window = { readonly start: string; readonly end: string };

/** Times that the rows are about: those that the ingested data was asked for. */
const windowOf = async (catalog: DatasetCatalog, { project, inputs }: DatasetManifest): Promise<Window | undefined> => {
  const features = await catalog.find(project, 'features', inputs.datasets[0] ?? '');
  const ingested = await catalog.find(project, 'ingested', features?.inputs.datasets[0] ?? '');
  const { start, end } = ingested?.inputs.parameters ?? {};
  return start === undefined || end === undefined ? undefined : { start: String(start), end: String(end) };
};

/** Writes a version's card beside its graph: card.md and card.html. */
export const writeCard = async (deps: RegisterDeps, registered: Registered): Promise<void> => {
  const { input, version, madeAt, result, gate } = registered;
  const { projectVersion, referenceDatasetId, reason, runId: parentRunId } = input;
  const { project } = await loadProject(deps.projects, input.project, projectVersion);
  const which = { project: input.project, kind: 'training', datasetId: input.trainingDatasetId } as const;
  const data = await requireDataset(deps.catalog, which);
  const window = await windowOf(deps.catalog, data);
  const card = modelCard({
    ...{ project, projectVersion, version, result, gate, data, referenceDatasetId, parentRunId, reason, madeAt },
    candidates: await candidatesOf(deps, input),
    plots: await plotsOf(deps, registered),
    ...(window && { window }),
  });
  const uris = cardUris(input);
  await deps.files.write(uris.markdown, card.markdown, 'text/markdown; charset=utf-8');
  await deps.files.write(uris.html, card.html, 'text/html; charset=utf-8');
};
