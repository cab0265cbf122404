import { documents, s3 } from '#adapters/aws/clients.ts';
import { cloudWatchDriftMetrics } from '#adapters/aws/cloudwatch-drift-metrics.ts';
import { dynamoRetrainLog } from '#adapters/aws/dynamo-retrain-log.ts';
import { dynamoViewHealth } from '#adapters/aws/dynamo-view-health.ts';
import { objectDocuments } from '#adapters/aws/object-documents.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { s3ReportStore } from '#adapters/aws/s3-report-store.ts';
import { monitoringSteps } from '#contracts/steps.ts';
import { measureDrift } from '#core/monitoring/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { monitoringDeps, monitoringEnv } from './_deps.ts';

const env = readEnv({ ...monitoringEnv, ARTIFACT_BUCKET: text, CATALOG_TABLE: text });
const shared = monitoringDeps(env);
const deps = {
  ...shared,
  artifacts: objectDocuments(s3ObjectStore(s3(), env.ARTIFACT_BUCKET)),
  reports: s3ReportStore(shared.datasets.objects),
  health: dynamoViewHealth(documents(), env.CATALOG_TABLE),
  metrics: cloudWatchDriftMetrics(),
  retrains: dynamoRetrainLog(documents(), env.PROJECTS_TABLE),
};

export const handler = stepHandler(monitoringSteps.measureDrift, (input) => measureDrift(deps, input));
