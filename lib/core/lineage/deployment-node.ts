import type { Deployment } from '#contracts/deployment.ts';
import type { DriftReport } from '#contracts/monitoring.ts';
import { facts, NEIGHBOURS, numberedId, version, window } from './ids.ts';
import { type LineageDeps, type NodeKind, whole } from './ports.ts';

const REVISIONS = 500;

/** A revision and how long it held; `until` is undefined for the one that holds now. */
export interface Reign {
  readonly deployment: Deployment;
  readonly until: string | undefined;
}

/** Revisions of a model's deployment with the time that each held, newest first. */
export const reigns = async ({ deployments }: LineageDeps, model: string): Promise<Reign[]> => {
  const history = await deployments.history(model, REVISIONS);
  return history.map((one, i) => ({ deployment: one, until: history[i - 1]?.updatedAt }));
};

/** Whether predictions of a measured window may be this revision's. */
export const served = ({ deployment, until }: Reign, report: DriftReport): boolean =>
  deployment.model === report.model &&
  deployment.variants.some((variant) => variant.version === report.modelVersion) &&
  deployment.updatedAt < report.windowEnd &&
  (until === undefined || until > report.windowStart);

const reignOf = async (deps: LineageDeps, id: string): Promise<Reign | undefined> => {
  const wanted = numberedId(id);
  const all = await reigns(deps, wanted?.name ?? id);
  return wanted ? all.find(({ deployment }) => deployment.revision === wanted.number) : all[0];
};

/** Reports are listed newest first: those that end before the revision began are not read. */
const reportsSince = async ({ reports }: LineageDeps, { project, updatedAt }: Deployment): Promise<DriftReport[]> => {
  const found: DriftReport[] = [];
  let pageToken: string | undefined;
  do {
    const page = await reports.list(project, { maxResults: NEIGHBOURS, ...(pageToken && { pageToken }) });
    found.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined && (found.at(-1)?.windowEnd ?? '') > updatedAt);
  return found;
};

export const deploymentNode: NodeKind = {
  find: async (deps, id) => {
    const found = await reignOf(deps, id);
    if (!found) return undefined;
    const { model, revision, phase, variants, updatedAt, updatedBy, reason } = found.deployment;
    const traffic = variants.map((variant) => `${variant.version}: ${variant.weight} %`).join(', ');
    return {
      kind: 'deployment',
      id: `${model}:${revision}`,
      label: `${model} revision ${revision}, ${phase}`,
      facts: facts({ phase, traffic, from: updatedAt, until: found.until, by: updatedBy, reason }),
    };
  },
  up: async (deps, id) => {
    const found = await reignOf(deps, id);
    const { model, variants } = found?.deployment ?? { model: '', variants: [] };
    return whole(variants.map((variant) => ({ ref: version(model, variant.version), relation: 'deployed as' })));
  },
  down: async (deps, id) => {
    const found = await reignOf(deps, id);
    if (!found) return whole([]);
    const measured = (await reportsSince(deps, found.deployment)).filter((report) => served(found, report));
    return whole(
      measured.map(({ project, reportId }) => ({ ref: window(project, reportId), relation: 'predicted in' })),
    );
  },
};
