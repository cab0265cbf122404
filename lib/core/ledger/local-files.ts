import type { Tables } from '#core/features/index.ts';
import type { ObjectStore, StoredObject } from '#core/shared/index.ts';
import type { LedgerObjects } from './ledger-files.ts';
import type { LedgerFiles } from './predictions-sql.ts';

const AT_ONCE = 8;

/** Copies objects to the scratch folder; answers the files in the order of the objects. */
export const download = async (
  store: Pick<ObjectStore, 'download'>,
  tables: Pick<Tables, 'localPath'>,
  objects: readonly StoredObject[],
): Promise<string[]> => {
  const files = objects.map(({ key }) => tables.localPath(`in/${key.replaceAll('=', '-')}`));
  for (let from = 0; from < objects.length; from += AT_ONCE) {
    const some = objects.slice(from, from + AT_ONCE);
    await Promise.all(some.map(({ key }, i) => store.download(key, files[from + i] ?? '')));
  }
  return files;
};

export const downloadLedger = async (
  ledger: Pick<ObjectStore, 'download'>,
  tables: Pick<Tables, 'localPath'>,
  { parquet, lines }: LedgerObjects,
): Promise<LedgerFiles> => ({
  parquet: await download(ledger, tables, parquet),
  lines: await download(ledger, tables, lines),
});
