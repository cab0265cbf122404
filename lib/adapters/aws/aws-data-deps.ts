import type { DataDeps } from '#core/features/index.ts';
import { duckDbDatabases } from '../duckdb/duckdb-databases.ts';
import { duckDbEngine } from '../duckdb/duckdb-engine.ts';
import type { DuckDbOptions } from '../duckdb/with-duckdb.ts';
import { systemClock, systemDigest } from '../system/system.ts';
import { documents, s3 } from './clients.ts';
import { dynamoProjectStore } from './dynamo-project-store.ts';
import { s3DatasetCatalog } from './s3-dataset-catalog.ts';
import { s3ObjectStore } from './s3-object-store.ts';
import { sourceSecrets } from './source-secrets.ts';

export interface DataSettings {
  readonly dataBucket: string;
  readonly projectsTable: string;
  readonly codeVersion: string;
  readonly duckDb: DuckDbOptions;
  /** Folder with DuckDB's extensions for databases. @default none can be read but DuckDB's own */
  readonly extensionFolder?: string | undefined;
}

/** What the steps of the data pipeline work with on AWS. */
export const awsDataDeps = ({
  dataBucket,
  projectsTable,
  codeVersion,
  duckDb,
  extensionFolder,
}: DataSettings): DataDeps => {
  const objects = s3ObjectStore(s3(), dataBucket);
  return {
    objects,
    catalog: s3DatasetCatalog(objects),
    projects: dynamoProjectStore(documents(), projectsTable),
    engine: duckDbEngine(duckDb),
    databases: duckDbDatabases({ extensionFolder, readSecret: sourceSecrets() }),
    digest: systemDigest,
    clock: systemClock,
    codeVersion,
  };
};
