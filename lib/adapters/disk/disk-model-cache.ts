import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { explanationFiles } from '#contracts/serving-facts.ts';
import type { ExplanationTexts, ModelFiles, ModelSource } from '#core/serving/index.ts';
import { unlessAbsent, writeWhole } from './write-whole.ts';

export interface DiskModelCacheOptions {
  readonly folder: string;
  /** Most bytes kept; the least recently opened go first. @default 4 GiB */
  readonly mostBytes?: number;
}

const GRAPH = 'model.onnx';
const FACTS = 'serving.json';
/** Sha256 of every file, written last: without it the copy is not whole. */
const SUMS = 'sha256.json';
const MOST_BYTES = 4 * 1_024 ** 3;

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const nameOf = (modelUri: string): string => sha256(modelUri).slice(0, 32);

/** Files of a copy by name. */
type Copy = Readonly<Record<string, string | Uint8Array>>;

const copyOf = ({ graph, facts, explanation }: ModelFiles): Copy => ({
  [GRAPH]: graph,
  [FACTS]: facts,
  ...(explanation && {
    [explanationFiles.parts]: explanation.parts,
    [explanationFiles.background]: explanation.background,
    [explanationFiles.golden]: explanation.golden,
  }),
});

const bytesOf = (copy: Copy): number => Object.values(copy).reduce((sum, content) => sum + content.length, 0);

/** @throws Error for content that is not what was written */
const readSound = async (place: string, name: string, sum: unknown): Promise<Buffer> => {
  const content = await readFile(join(place, name));
  if (sha256(content) !== sum) throw new Error(`${name} in ${place} is damaged`);
  return content;
};

const explanationOf = async (place: string, sums: Record<string, unknown>): Promise<ExplanationTexts | undefined> => {
  if (sums[explanationFiles.golden] === undefined) return undefined;
  const text = async (name: string) => (await readSound(place, name, sums[name])).toString('utf8');
  const { parts, background, golden } = explanationFiles;
  return { parts: await text(parts), background: await text(background), golden: await text(golden) };
};

/** Undefined when nothing whole is kept. @throws Error for a damaged copy */
const readKept = async (place: string): Promise<ModelFiles | undefined> => {
  const listed = await unlessAbsent(readFile(join(place, SUMS), 'utf8'));
  if (listed === undefined) return undefined;
  const sums = JSON.parse(listed) as Record<string, unknown>;
  const graph = await readSound(place, GRAPH, sums[GRAPH]);
  const facts = (await readSound(place, FACTS, sums[FACTS])).toString('utf8');
  const explanation = await explanationOf(place, sums);
  return { graph, facts, ...(explanation && { explanation }) };
};

const write = async (place: string, copy: Copy): Promise<void> => {
  for (const [name, content] of Object.entries(copy)) await writeWhole(join(place, name), content);
  const sums = Object.fromEntries(Object.entries(copy).map(([name, content]) => [name, sha256(content)]));
  await writeWhole(join(place, SUMS), JSON.stringify(sums));
};

const sizeOf = async (place: string): Promise<number> => {
  const files = await readdir(place, { recursive: true });
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(place, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};

const prune = async (folder: string, mostBytes: number): Promise<void> => {
  const places = (await readdir(folder)).map((name) => join(folder, name));
  const kept = await Promise.all(
    places.map(async (place) => ({ place, bytes: await sizeOf(place), usedMs: (await stat(place)).mtimeMs })),
  );
  let total = 0;
  for (const { place, bytes } of kept.sort((a, b) => b.usedMs - a.usedMs)) {
    total += bytes;
    if (total > mostBytes) await rm(place, { recursive: true, force: true });
  }
};

/** A look at all copies for so many of their bytes written. */
const PRUNE_SHARE = 0.05;

/**
 * Keeps what a source gave on disk, so that a start needs neither the source nor time. A copy is whole or not there; a
 * damaged one is fetched anew. A full disk costs only the copy.
 */
export const diskModelCache = (source: ModelSource, options: DiskModelCacheOptions): ModelSource => {
  const { folder, mostBytes = MOST_BYTES } = options;
  let unpruned = Number.POSITIVE_INFINITY;

  const keep = async (place: string, files: ModelFiles): Promise<void> => {
    const copy = copyOf(files);
    await write(place, copy);
    unpruned += bytesOf(copy);
    if (unpruned < mostBytes * PRUNE_SHARE) return;
    unpruned = 0;
    await prune(folder, mostBytes);
  };

  return {
    fetch: async (modelUri) => {
      const place = join(folder, nameOf(modelUri));
      const kept = await readKept(place).catch(() => undefined);
      if (kept) {
        await utimes(place, new Date(), new Date()).catch(() => {});
        return kept;
      }
      const files = await source.fetch(modelUri);
      await keep(place, files).catch(() => {});
      return files;
    },
    forget: async (modelUri) => {
      await rm(join(folder, nameOf(modelUri)), { recursive: true, force: true });
      await source.forget(modelUri);
    },
  };
};
