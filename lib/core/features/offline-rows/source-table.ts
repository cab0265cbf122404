import type { FeatureViewVersion } from '#contracts/features.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { loadSource } from '../load-source.ts';
import { fetchNamed, type SourceDeps } from '../open-source.ts';
import type { Tables } from '../ports.ts';
import type { LoadedSource, Source } from '../raw-source.ts';
import type { Relation } from '../relation.ts';
import { identifier, literal } from '../sql-text.ts';

// Ids and text features stay text, whatever they look like.
const textColumns = ({ view, entities }: FeatureViewVersion): string[] => {
  const names = [
    ...entities.filter(({ type }) => type === 'string').map(({ joinKey }) => joinKey),
    ...view.features.filter(({ type }) => type === 'string').map(({ name }) => name),
  ];
  return [...new Set(names.map((name) => name.toLowerCase()))].sort();
};

const isLoaded = async (tables: Tables, table: string): Promise<boolean> =>
  (await tables.rows(`SELECT 1 FROM information_schema.tables WHERE table_name = ${literal(table)}`)).length > 0;

// Views of one source that read it the same way share what was loaded.
const loadOnce = async (deps: SourceDeps, tables: Tables, source: Omit<LoadedSource, 'files'>): Promise<void> => {
  if (await isLoaded(tables, source.table)) return;
  await loadSource(tables, { ...source, files: await fetchNamed(deps, tables, source) });
};

/** Reads the raw files of a view's source. @throws what loading a source throws */
export const sourceTable = async (
  deps: SourceDeps,
  tables: Tables,
  { version, source, storedSince }: { version: FeatureViewVersion; source: Source; storedSince?: Date | undefined },
): Promise<Relation> => {
  const { view, project } = version;
  const name = view.source ?? view.name;
  const text = textColumns(version);
  const table = `source ${canonicalJson([project, name, source, text, storedSince?.toISOString() ?? ''])}`;
  await loadOnce(deps, tables, { project, name, source, table, textColumns: text, storedSince });
  return {
    from: identifier(table),
    called: `source "${name}"`,
    columns: await tables.columnsOf(`FROM ${identifier(table)}`),
    isText: source.format !== 'parquet' && !source.database,
  };
};
