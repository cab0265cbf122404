import { documents, s3 } from '#adapters/aws/clients.ts';
import { cloudWatchLookupMetrics } from '#adapters/aws/cloudwatch-lookup-metrics.ts';
import { dynamoFeatureCatalog } from '#adapters/aws/dynamo-feature-catalog.ts';
import { dynamoMaterializationLog } from '#adapters/aws/dynamo-materialization-log.ts';
import { dynamoOnlineTable } from '#adapters/aws/dynamo-online-table.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { sfnPipelineEngine } from '#adapters/aws/sfn-pipeline-engine.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { lookupMeter, pushSources, readPlans } from '#core/features/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { feastDoor } from './feast/door.ts';

const env = readEnv({
  CATALOG_TABLE: text,
  FEATURES_TABLE: text,
  DATA_BUCKET: text,
  MATERIALIZATION_PIPELINE_ARN: text,
});
const catalog = dynamoFeatureCatalog(documents(), env.CATALOG_TABLE);

export const handler = feastDoor({
  catalog,
  definitions: catalog,
  plans: readPlans(catalog, systemClock),
  sources: pushSources(catalog, systemClock),
  online: dynamoOnlineTable(documents(), env.FEATURES_TABLE),
  lookups: lookupMeter({ metrics: cloudWatchLookupMetrics(), clock: systemClock }),
  objects: s3ObjectStore(s3(), env.DATA_BUCKET),
  log: dynamoMaterializationLog(documents(), env.CATALOG_TABLE),
  pipelines: sfnPipelineEngine({ materialization: env.MATERIALIZATION_PIPELINE_ARN }),
  clock: systemClock,
  digest: systemDigest,
  ids: systemIds,
});
