import type { VariantHealth } from '#contracts/deployment.ts';
import type { HealthSource, HealthWindow } from '#core/deployment/index.ts';

/** HealthSource that answers what it was told, per version, and keeps the windows it was asked for. */
export const memoryHealth = (
  byVersion: Record<number, Omit<VariantHealth, 'version'>> = {},
): HealthSource & { asked: HealthWindow[] } => {
  const asked: HealthWindow[] = [];
  const nothing = { requests: 0, errors: 0, loadFailures: 0, p95LatencyMs: null };
  return {
    asked,
    measure: async (window) => {
      asked.push(window);
      return { version: window.version, ...(byVersion[window.version] ?? nothing) };
    },
  };
};
