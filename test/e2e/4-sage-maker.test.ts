import { readFileSync } from 'node:fs';
import { SFNClient, TestStateCommand } from '@aws-sdk/client-sfn';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { TrainingTask } from '#contracts/training.ts';
import { definitionFile } from '#infra/constructs/pipeline.ts';
import { clientEnv, LOCAL_REGION } from '#local/emulator-env.ts';
import { outputs } from './platform.ts';

/** The emulator has no SageMaker, but it has the language that the request is written in. */
const placeholders: Readonly<Record<string, string>> = {
  SageMakerOffered: 'true',
  SageMakerJobPrefix: 'mlops-prod-',
  SageMakerRoleArn: 'arn:aws:iam::000000000000:role/jobs',
  SageMakerKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/1',
  SageMakerPrices: "{'ml.g5.12xlarge': 7.09}",
  CpuImage: '000000000000.dkr.ecr.us-east-1.amazonaws.com/images:cpu',
  GpuImage: '000000000000.dkr.ecr.us-east-1.amazonaws.com/images:gpu',
  Subnets: 'subnet-1,subnet-2',
  SecurityGroup: 'sg-1',
};
const definition = readFileSync(definitionFile('training'), 'utf8').replace(
  /\$\{(\w+)\}/g,
  (_, name: string) => placeholders[name] ?? name,
);
const { Place, TrainOnSageMaker } = JSON.parse(definition).States.TrainCandidates.ItemProcessor.States;

const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = clientEnv('');
const client = new SFNClient({
  endpoint: outputs().emulatorUrl,
  region: LOCAL_REGION,
  credentials: { accessKeyId, secretAccessKey },
  disableHostPrefix: true,
});
afterAll(() => client.destroy());

const tryState = (state: object, input: TrainingTask) =>
  client.send(
    new TestStateCommand({
      definition: JSON.stringify({ ...state, QueryLanguage: 'JSONata' }),
      roleArn: placeholders.SageMakerRoleArn,
      input: JSON.stringify(input),
    }),
  );

const task: TrainingTask = {
  candidate: 'hist-gradient-boosting',
  specUri: 's3://artifacts/1/run/jobs/hist-gradient-boosting.json',
  outputUri: 's3://artifacts/1/child/artifacts/',
  on: 'sagemaker',
  gpu: true,
  instanceType: 'ml.g5.12xlarge',
  volumeGiB: 80,
};
const requestFor = async (input: TrainingTask) => {
  const { output, error, cause } = await tryState(
    { Type: 'Pass', Output: TrainOnSageMaker.Arguments, End: true },
    input,
  );
  expect([error, cause]).toEqual([undefined, undefined]);
  return JSON.parse(output ?? '{}');
};

describe('a candidate that is to train on SageMaker', () => {
  it('is placed there, and every other with the tasks', async () => {
    expect((await tryState(Place, task)).nextState).toBe('TrainOnSageMaker');
    expect((await tryState(Place, { ...task, on: 'ecs' })).nextState).toBe('Train');
  });

  it('is asked for by its job, on its machine, with the image for its processors', async () => {
    const request = await requestFor(task);
    expect(request).toMatchObject({
      AlgorithmSpecification: { TrainingImage: placeholders.GpuImage },
      ResourceConfig: { InstanceType: 'ml.g5.12xlarge', InstanceCount: 1, VolumeSizeInGB: 80 },
      OutputDataConfig: { S3OutputPath: 's3://artifacts/1/child/artifacts/sagemaker/' },
      VpcConfig: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['sg-1'] },
      Environment: {
        JOB_SPEC_URI: task.specUri,
        TRAINING_THREADS: '48',
        CODE_VERSION: 'gpu',
        TASK_PRICE_USD_PER_HOUR: '7.09',
      },
    });
    expect(request.TrainingJobName).toMatch(/^mlops-prod-hist-gradient-boosting-[0-9a-f-]{18}$/);
    expect(request.TrainingJobName).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
  });

  it('gets another name each time it is tried', async () => {
    const names = await Promise.all([1, 2].map(async () => (await requestFor(task)).TrainingJobName));
    expect(new Set(names).size).toBe(2);
  });

  it.each([
    ['ml.m5.large', '2'],
    ['ml.m5.xlarge', '4'],
    ['ml.c5.18xlarge', '72'],
  ])('on %s uses %s threads; of a machine without a known price nothing is said', async (instanceType, threads) => {
    const { Environment, AlgorithmSpecification } = await requestFor({ ...task, gpu: false, instanceType });
    expect(Environment).toEqual({ JOB_SPEC_URI: task.specUri, TRAINING_THREADS: threads, CODE_VERSION: 'cpu' });
    expect(AlgorithmSpecification.TrainingImage).toBe(placeholders.CpuImage);
  });
});
