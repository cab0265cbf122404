import type { PipelineRun } from '#contracts/pipelines.ts';
import type { RunStore } from '#core/pipelines/index.ts';
import { pageToken, sortKeyOf } from '../system/page-token.ts';

const keyOf = (run: PipelineRun): string => `${run.startedAt}#${run.runId}`;

/** RunStore in memory: the plain reading of the port's promises. */
export const memoryRunStore = (): RunStore => {
  const shelf = new Map<string, PipelineRun>();
  return {
    save: async (run) => {
      if (run.status !== 'RUNNING' || !shelf.has(keyOf(run))) shelf.set(keyOf(run), run);
    },
    list: async ({ project, pipeline, maxResults, pageToken: token }) => {
      const before = token === undefined ? undefined : sortKeyOf(token);
      const rest = [...shelf.values()]
        .filter((run) => (project ?? run.project) === run.project && (pipeline ?? run.pipeline) === run.pipeline)
        .filter((run) => before === undefined || keyOf(run) < before)
        .sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
      const items = rest.slice(0, maxResults);
      const last = items.at(-1);
      return last && rest.length > items.length ? { items, nextPageToken: pageToken(keyOf(last)) } : { items };
    },
  };
};
