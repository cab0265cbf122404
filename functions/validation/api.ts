import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { s3ReportArchive } from '#adapters/aws/s3-report-archive.ts';
import { validationRoutes } from '#contracts/validation.ts';
import { getQualityReport, listQualityReports } from '#core/validation/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { httpApi } from '../_shared/http.ts';

const env = readEnv({ DATA_BUCKET: text, PROJECTS_TABLE: text });
const deps = {
  projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
  reports: s3ReportArchive(s3ObjectStore(s3(), env.DATA_BUCKET)),
};

export const handler = httpApi(validationRoutes, {
  listQualityReports: ({ path, query }) => listQualityReports(deps, path.project, query),
  getQualityReport: ({ path }) => getQualityReport(deps, path.project, path.reportId),
});
