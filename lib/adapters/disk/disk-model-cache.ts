import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFiles, ModelSource } from '#core/serving/index.ts';
import { unlessAbsent, writeWhole } from './write-whole.ts';

export interface DiskModelCacheOptions {
  readonly folder: string;
  /** Most models kept; the least recently opened go first. @default 50 */
  readonly most?: number;
}

const nameOf = (modelUri: string): string => createHash('sha256').update(modelUri).digest('hex').slice(0, 32);

const readKept = async (folder: string): Promise<ModelFiles | undefined> => {
  const [graph, facts] = await Promise.all([
    unlessAbsent(readFile(join(folder, 'model.onnx'))),
    unlessAbsent(readFile(join(folder, 'serving.json'), 'utf8')),
  ]);
  return graph && facts !== undefined ? { graph, facts } : undefined;
};

const prune = async (folder: string, most: number): Promise<void> => {
  const names = await readdir(folder);
  const kept = await Promise.all(
    names.map(async (name) => ({ name, usedMs: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = kept.sort((a, b) => b.usedMs - a.usedMs).slice(most);
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { recursive: true, force: true })));
};

/** Keeps what a source gave on disk, so that a start needs neither the source nor time. A full disk costs only that. */
export const diskModelCache = (source: ModelSource, { folder, most = 50 }: DiskModelCacheOptions): ModelSource => {
  const keep = async (place: string, files: ModelFiles): Promise<void> => {
    await writeWhole(join(place, 'serving.json'), files.facts);
    await writeWhole(join(place, 'model.onnx'), files.graph);
    await prune(folder, most);
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
