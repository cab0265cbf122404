import { ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { athenaDatabase, athenaWorkGroup } from '../naming.ts';
import type { StageConfig } from '../stages.ts';
import type { PlatformBucket } from './platform-bucket.ts';

export interface AthenaQueriesProps {
  readonly stage: StageConfig;
  readonly data: PlatformBucket;
  readonly key: IKey;
}

/** Prefix of the data bucket for what Athena says of a query; rows go where UNLOAD says. */
const resultPrefix = 'athena-results/';

/**
 * The largest rung of the size ladder: a workgroup that bounds what a query reads, and the database of the tables over
 * raw files. A stage without Athena gets neither, and no right to ask it.
 */
export class AthenaQueries extends Construct {
  /** Placeholders of the data pipeline. */
  readonly substitutions: Readonly<Record<string, string>>;
  /** What the data pipeline needs to run the queries. */
  readonly statements: readonly PolicyStatement[];

  constructor(scope: Construct, id: string, props: AthenaQueriesProps) {
    super(scope, id);
    const { name, processing } = props.stage;
    this.substitutions = { AthenaWorkGroup: athenaWorkGroup(name) };
    this.statements = processing.athena ? this.#rights(props) : [];
    if (processing.athena) this.#make(props, processing.athena.maxBytesPerQuery);
  }

  #make({ stage, data, key }: AthenaQueriesProps, maxBytesPerQuery: number): void {
    new CfnWorkGroup(this, 'WorkGroup', {
      name: athenaWorkGroup(stage.name),
      description: 'SQL over sources that are too large for one machine',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: maxBytesPerQuery,
        resultConfiguration: {
          outputLocation: `s3://${data.bucketName}/${resultPrefix}`,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: key.keyArn },
        },
      },
    });
    new CfnDatabase(this, 'Database', {
      catalogId: Stack.of(this).account,
      databaseInput: { name: athenaDatabase(stage.name), description: 'Tables over raw files, made by the pipeline' },
    });
  }

  #rights({ stage, data, key }: AthenaQueriesProps): PolicyStatement[] {
    const { bucket } = data;
    const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });
    const arn = (service: string, resource: string, resourceName?: string) => {
      const arnFormat = resourceName ? ArnFormat.SLASH_RESOURCE_NAME : ArnFormat.NO_RESOURCE_NAME;
      return Stack.of(this).formatArn({ service, resource, arnFormat, ...(resourceName && { resourceName }) });
    };
    const database = athenaDatabase(stage.name);
    const tables = [arn('glue', 'catalog'), arn('glue', 'database', database), arn('glue', 'table', `${database}/*`)];
    const queries = [
      arn('athena', 'workgroup', athenaWorkGroup(stage.name)),
      arn('athena', 'datacatalog', 'AwsDataCatalog'),
    ];
    const ask = ['StartQueryExecution', 'StopQueryExecution', 'GetQueryExecution', 'GetDataCatalog'];
    const make = ['GetDatabase', 'GetTable', 'CreateTable', 'GetPartitions', 'BatchCreatePartition'];
    const put = ['s3:PutObject', 's3:GetObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];
    const written = [resultPrefix, 'projects/*/datasets/unloaded/'].map((prefix) => bucket.arnForObjects(`${prefix}*`));
    return [
      allow(
        ask.map((action) => `athena:${action}`),
        ...queries,
      ),
      allow(
        make.map((action) => `glue:${action}`),
        ...tables,
      ),
      allow(['s3:GetObject'], bucket.arnForObjects('projects/*/raw/*')),
      allow(put, ...written),
      allow(['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'], bucket.bucketArn),
      allow(['kms:Decrypt', 'kms:GenerateDataKey'], key.keyArn),
    ];
  }
}
