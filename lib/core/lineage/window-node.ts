import type { DriftReport } from '#contracts/monitoring.ts';
import { reigns, served } from './deployment-node.ts';
import { dataset, deployment, facts, splitId } from './ids.ts';
import { type LineageDeps, type NodeKind, whole } from './ports.ts';

const reportOf = async ({ reports }: LineageDeps, id: string): Promise<DriftReport | undefined> => {
  const [project, reportId] = splitId(id);
  return /^[a-z][a-z0-9_-]*$/.test(project) && /^[0-9A-Z]{26}$/.test(reportId)
    ? reports.find(project, reportId)
    : undefined;
};

export const windowNode: NodeKind = {
  find: async (deps, id) => {
    const report = await reportOf(deps, id);
    if (!report) return undefined;
    const { model, modelVersion, windowStart, windowEnd, currentRows, verdict, driftedShare } = report;
    const told = { version: modelVersion, from: windowStart, until: windowEnd, predictions: currentRows };
    const label = `predictions of ${model} until ${windowEnd}`;
    return { kind: 'window', id, label, facts: facts({ model, ...told, drift: verdict, driftedShare }) };
  },
  up: async (deps, id) => {
    const report = await reportOf(deps, id);
    if (!report) return whole([]);
    const serving = (await reigns(deps, report.model)).filter((reign) => served(reign, report));
    return whole([
      ...serving.map(({ deployment: { model, revision } }) => ({
        ref: deployment(model, revision),
        relation: 'predicted in',
      })),
      { ref: dataset(report.project, report.referenceDatasetId), relation: 'compared in' },
    ]);
  },
  // Predictions are the end of the flow.
  down: async () => whole([]),
};
