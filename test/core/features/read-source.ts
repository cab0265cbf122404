import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { openSource, type Row, type TableColumn } from '#core/features/index.ts';
import { shopProject } from './data-world.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** What a source is read as, in the order of its rows' text. */
export const readSource = async (
  source: object,
  files: Files,
): Promise<{ columns: readonly TableColumn[]; rows: Row[] }> => {
  const objects = memoryObjectStore();
  for (const [path, body] of Object.entries(files)) await objects.put(dataKeys.raw('shop', path), body);
  const project = shopProject({ sources: { things: source } });
  return duckDbEngine().open(async (tables) => {
    await openSource({ objects }, tables, { project, name: 'things' });
    return { columns: await tables.columnsOf('FROM things'), rows: await tables.rows('FROM things ORDER BY ALL') };
  });
};
