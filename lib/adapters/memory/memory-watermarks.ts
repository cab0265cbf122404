import type { Watermarks } from '#core/features/index.ts';

/** Watermarks in a map, for tests. */
export const memoryWatermarks = (): Watermarks => {
  const marks = new Map<string, string>();
  return {
    get: async (project, view) => marks.get(`${project} ${view}`),
    advance: async (project, view, until) => {
      const known = marks.get(`${project} ${view}`);
      if (known === undefined || Date.parse(known) < Date.parse(until))
        marks.set(`${project} ${view}`, new Date(until).toISOString());
    },
  };
};
