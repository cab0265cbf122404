import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import type { Deployment, Variant } from '#contracts/deployment.ts';
import type { ChurnModel } from './churn-models.ts';
import { createBucket, createTables, deploymentOf, fillStore, stageVariables, upload } from './stage-content.ts';
import { type Services, type Stops, startServices } from './stage-services.ts';

/** What a serving task needs around it, on this machine. */
export interface Stage extends Pick<Services, 'env' | 'sink' | 'gates'> {
  /** Uploads a model as a version. */
  publish(version: number, model: ChurnModel): Promise<void>;
  /** Writes the next revision of the deployment. */
  deploy(variants: readonly Pick<Variant, 'version' | 'weight'>[], rest?: Partial<Deployment>): Promise<void>;
  stop(): Promise<void>;
}

export interface StageRequest {
  /** Whose golden rows are stored as the customers' features. */
  readonly model: ChurnModel;
  readonly customers: number;
  /** With gates that take parts away. They cost time: without them figures are better. */
  readonly gated: boolean;
}

const filled = async (services: Services, { model, customers }: StageRequest): Promise<Omit<Stage, 'stop'>> => {
  const { dynamo, s3, env, sink, gates } = services;
  const documents = DynamoDBDocumentClient.from(dynamo);
  await createTables(dynamo);
  await createBucket(s3);
  await fillStore(documents, model, customers);
  const store = dynamoDeploymentStore(documents, stageVariables.DEPLOYMENTS_TABLE);
  let revision = 0;
  return {
    env: { ...env, ...stageVariables },
    sink,
    gates,
    publish: (version, { folder }) => upload(s3, version, folder),
    deploy: async (variants, rest = {}) => {
      revision += 1;
      await store.save(deploymentOf(revision, variants, rest), revision - 1);
    },
  };
};

/** Starts all of it; `stop` ends all of it. */
export const startStage = async (request: StageRequest): Promise<Stage> => {
  const stops: Stops = [];
  const stop = async (): Promise<void> => {
    for (const one of stops) await one();
  };
  try {
    return { ...(await filled(await startServices(stops, request.gated), request)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
