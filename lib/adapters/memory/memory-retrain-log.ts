import type { RetrainLog, RetrainRequest } from '#core/monitoring/index.ts';

const HOUR_MS = 3_600_000;

/** RetrainLog in a map, for tests. */
export const memoryRetrainLog = (): RetrainLog => {
  const claims = new Map<string, RetrainRequest>();
  return {
    claim: async (request, coolDownHours) => {
      const key = JSON.stringify([request.project, request.modelVersion]);
      const last = claims.get(key);
      const isOwn = last?.execution === request.execution;
      const cooled = last && request.at.getTime() - last.at.getTime() >= coolDownHours * HOUR_MS;
      const granted = !last || isOwn || cooled === true;
      if (granted) claims.set(key, request);
      return granted;
    },
  };
};
