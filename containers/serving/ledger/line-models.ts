import { ServingFacts } from '#contracts/serving-facts.ts';
import { type LineModel, type ModelFiles, type ModelRuntime, type Notice, openExplainer } from '#core/serving/index.ts';

export interface LineModelsDeps {
  readonly runtime: ModelRuntime;
  readonly files: (modelUri: string) => Promise<ModelFiles | undefined>;
  readonly notice: Notice;
  /** Most models open; the least recently asked are closed. @default 8 */
  readonly most?: number;
  /** Most bytes of their files; the last asked is open whatever it takes. @default 64 MiB */
  readonly mostModelBytes?: number | undefined;
  /** How long a model that could not be opened is not tried again. @default 60_000 */
  readonly retryMs?: number;
}

type Opened = Awaited<ReturnType<typeof openExplainer>>;
interface Found {
  readonly explainer: Opened;
  readonly facts: ServingFacts;
  readonly bytes: number;
}
interface Entry {
  readonly opening: Promise<Found | undefined>;
  readonly sinceMs: number;
}

const MOST_BYTES = 64 * 1_048_576;

const bytesOf = ({ graph, explanation }: ModelFiles): number =>
  graph.length + (explanation ? explanation.parts.length + explanation.background.length : 0);

/** Models opened to explain lines, a few at a time. */
export const lineModels = ({ runtime, files, notice, most = 8, retryMs = 60_000, ...limits }: LineModelsDeps) => {
  const { mostModelBytes = MOST_BYTES } = limits;
  const entries = new Map<string, Entry>();

  const open = async (modelUri: string): Promise<Found | undefined> => {
    try {
      const found = await files(modelUri);
      if (!found) throw new Error('its files cannot be had');
      const facts = ServingFacts.parse(JSON.parse(found.facts));
      return { explainer: await openExplainer(runtime, found, facts), facts, bytes: bytesOf(found) };
    } catch (error) {
      notice('predictions go unexplained: model not opened', { model: modelUri, reason: String(error) });
      return undefined;
    }
  };

  const isTooMuch = async (): Promise<boolean> => {
    if (entries.size <= 1) return false;
    let bytes = 0;
    for (const { opening } of entries.values()) bytes += (await opening)?.bytes ?? 0;
    return entries.size > most || bytes > mostModelBytes;
  };

  const closeOldest = async (): Promise<void> => {
    while (await isTooMuch()) {
      const [oldest] = entries;
      if (!oldest) return;
      entries.delete(oldest[0]);
      await (await oldest[1].opening)?.explainer.close();
    }
  };

  return async (modelUri: string): Promise<LineModel | undefined> => {
    const known = entries.get(modelUri);
    const isKnown = known && ((await known.opening) || performance.now() - known.sinceMs < retryMs);
    const entry = isKnown ? known : { opening: open(modelUri), sinceMs: performance.now() };
    // The last asked stands last.
    entries.delete(modelUri);
    entries.set(modelUri, entry);
    await closeOldest();
    return entry.opening;
  };
};
