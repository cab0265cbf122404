/** Asks one component for a sign of life; rejects when there is none. */
export type Probe = () => Promise<unknown>;

const probed = async (probe: Probe): Promise<string> => {
  try {
    await probe();
    return 'healthy';
  } catch (error) {
    return `unreachable: ${error instanceof Error ? error.name : 'unknown'}`;
  }
};

/** The state of every component; one that does not answer makes the whole degraded. */
export const checkHealth = async (
  probes: Readonly<Record<string, Probe>>,
): Promise<{ status: 'healthy' | 'degraded'; components: Record<string, string> }> => {
  const states = await Promise.all(Object.entries(probes).map(async ([name, probe]) => [name, await probed(probe)]));
  const components = Object.fromEntries(states) as Record<string, string>;
  const well = Object.values(components).every((state) => state === 'healthy');
  return { status: well ? 'healthy' : 'degraded', components };
};
