import type { ViewHealth } from '#contracts/features.ts';
import type { ViewHealthStore } from '#core/features/ports.ts';

/** ViewHealthStore in a map, for tests. */
export const memoryViewHealth = (): ViewHealthStore => {
  const measures = new Map<string, ViewHealth>();
  const keyOf = (project: string, view: string): string => `${project}#${view}`;
  return {
    find: async (project, view) => structuredClone(measures.get(keyOf(project, view))),
    list: async (project) =>
      [...measures.values()]
        .filter((health) => health.project === project)
        .sort((a, b) => (a.view < b.view ? -1 : 1))
        .map((health) => structuredClone(health)),
    save: async (health) => {
      const key = keyOf(health.project, health.view);
      const known = measures.get(key);
      if (!known || known.measuredAt <= health.measuredAt) measures.set(key, structuredClone(health));
    },
  };
};
