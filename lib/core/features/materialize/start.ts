import { PlatformError } from '../../shared/errors.ts';
import { onlyProject } from '../catalog/only-project.ts';
import { listed } from '../nearest.ts';
import type { FeatureCatalog } from '../ports.ts';
import type { StartMaterializationDeps } from './ports.ts';
import { type AskedRange, askedTimes } from './range.ts';
import { onlineViews } from './views.ts';

export interface StartRequest extends AskedRange {
  readonly project?: string | undefined;
  readonly featureViews?: readonly string[] | undefined;
}
export interface MaterializationStarted {
  readonly status: 'started';
  readonly project: string;
  readonly featureViews: string[];
  readonly runId: string;
}

const PIPELINE = 'materialization';
/** Views of one transaction; beyond it a second run is let through, which does no harm. */
const MOST_CLAIMS = 100;

const projectOf = async (
  catalog: FeatureCatalog,
  { project, featureViews: features }: StartRequest,
): Promise<string> => {
  if (project !== undefined) return project;
  if (features !== undefined && features.length > 0) return onlyProject(catalog, { features });
  const { items } = await catalog.list({ kind: 'view' }, { maxResults: 1_000 });
  const projects = [...new Set(items.map((one) => one.project))].sort();
  const [only] = projects;
  if (only !== undefined && projects.length === 1) return only;
  throw new PlatformError(
    'INVALID_REQUEST',
    `neither a project nor a view is named; views are defined in: ${listed(projects) || 'no project'}; name one with project`,
    { projects },
  );
};

const running = async (
  { pipelines }: StartMaterializationDeps,
  executions: readonly (string | undefined)[],
): Promise<string | undefined> => {
  for (const execution of new Set(executions)) {
    if (execution === undefined) continue;
    if ((await pipelines.describe(PIPELINE, execution))?.status === 'RUNNING') return execution;
  }
  return undefined;
};

const alreadyRunning = (project: string, execution: string | undefined): PlatformError => {
  const runId = execution === undefined ? undefined : `${PIPELINE}.${execution}`;
  const which = runId === undefined ? '' : ` (${runId})`;
  return new PlatformError(
    'MATERIALIZATION_RUNNING',
    `a materialization of these views of project "${project}" is running${which}; wait for its end, or name other views`,
    { project, ...(runId !== undefined && { runId }) },
  );
};

/** Claims the views for a new execution, unless one that runs has them. */
const claim = async (
  deps: StartMaterializationDeps,
  { project, execution, views }: { project: string; execution: string; views: readonly string[] },
): Promise<void> => {
  const holders = await deps.log.holders(project);
  const seen = new Map(views.slice(0, MOST_CLAIMS).map((view) => [view, holders.get(view)]));
  const other = await running(deps, [...seen.values()]);
  if (other !== undefined) throw alreadyRunning(project, other);
  if (seen.size > 0 && !(await deps.log.claim(project, execution, seen))) throw alreadyRunning(project, undefined);
};

/**
 * Starts bringing the offline values of views online. One materialization at a time is started of a view; a data
 * pipeline's own is not counted, as two at once never harm each other.
 * @throws VIEW_NOT_FOUND, VIEW_AMBIGUOUS, TIMESTAMP_WITHOUT_ZONE, INVALID_REQUEST, MATERIALIZATION_RUNNING
 */
export const startMaterialization = async (
  deps: StartMaterializationDeps,
  request: StartRequest,
): Promise<MaterializationStarted> => {
  const { start, end } = askedTimes(request);
  const project = await projectOf(deps.definitions, request);
  const { featureViews } = request;
  const named = featureViews && featureViews.length > 0 ? featureViews : undefined;
  const versions = await onlineViews(deps.definitions, { project, featureViews: named });
  const views = versions.map(({ name }) => name);
  const execution = deps.ids.ulid();
  await claim(deps, { project, execution, views });
  await deps.pipelines.start(PIPELINE, execution, {
    project,
    ...(named && { featureViews: views }),
    ...(start && { start: start.toISOString() }),
    ...(end && { end: end.toISOString() }),
  });
  return { status: 'started', project, featureViews: views, runId: `${PIPELINE}.${execution}` };
};
