import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { s3ReportStore } from '#adapters/aws/s3-report-store.ts';
import { monitoringRoutes } from '#contracts/monitoring.ts';
import { getReport, listReports } from '#core/monitoring/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { httpApi } from '../_shared/http.ts';

const env = readEnv({ DATA_BUCKET: text, PROJECTS_TABLE: text });
const deps = {
  projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
  reports: s3ReportStore(s3ObjectStore(s3(), env.DATA_BUCKET)),
};

export const handler = httpApi(monitoringRoutes, {
  listReports: ({ path, query }) => listReports(deps, path.project, query),
  getReport: ({ path }) => getReport(deps, path.project, path.reportId),
});
