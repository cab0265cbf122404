import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { definitionFile } from '#infra/constructs/pipeline.ts';
import { processingSteps } from '#infra/processing-steps.ts';
import { stageNames, stageOf } from '#infra/stages.ts';
import { exitCodes } from '../../containers/processing/run-step.ts';
import { steps } from '../../containers/processing/steps.ts';
import { resourcesOf, templatesOf } from './synth.ts';

const awsStages = stageNames.filter((name) => name !== 'local');
const taskOf = (stage: (typeof stageNames)[number]) =>
  Object.values(resourcesOf(templatesOf(stage).platform, 'AWS::ECS::TaskDefinition')).find(
    ({ Properties }) => Properties.ContainerDefinitions[0].Name === 'processing',
  )?.Properties;
const environmentOf = (stage: (typeof stageNames)[number]): Record<string, unknown> =>
  Object.fromEntries(
    taskOf(stage).ContainerDefinitions[0].Environment.map((v: { Name: string; Value: unknown }) => [v.Name, v.Value]),
  );
const functionOf = (stage: (typeof stageNames)[number], door: string) =>
  Object.values(resourcesOf(templatesOf(stage).platform, 'AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.Description === `functions/${door}.ts`,
  )?.Properties;

describe('processing tasks', () => {
  it('tell a refusal by an exit code that Node gives to nothing else', () => {
    expect(exitCodes.refused).toBeGreaterThan(13);
    const [caught] = JSON.parse(readFileSync(definitionFile('processing'), 'utf8')).States.Run.Catch;
    expect(caught.Output).toContain(`'"ExitCode":${exitCodes.refused}'`);
  });

  it('run just the steps that the container knows', () => {
    expect(Object.keys(steps).sort()).toEqual([...processingSteps].sort());
  });

  it.each(stageNames)('of %s have the machine that the stage pays for, and know it', (stage) => {
    const { task, diskGiB } = stageOf(stage).processing;
    expect(taskOf(stage)).toMatchObject({
      Cpu: String(task.cpu),
      Memory: String(task.memoryMiB),
      EphemeralStorage: { SizeInGiB: diskGiB },
    });
    expect(environmentOf(stage)).toMatchObject({
      MEMORY_MIB: String(task.memoryMiB),
    });
  });

  it("know the variables of their steps' functions, and the version of each one's code", () => {
    const seen = environmentOf('prod');
    const versions = JSON.parse(String(seen.CODE_VERSIONS));
    for (const step of processingSteps) {
      const { CODE_VERSION, POWERTOOLS_SERVICE_NAME, ...variables } = functionOf('prod', step).Environment.Variables;
      expect([step, POWERTOOLS_SERVICE_NAME, versions[step]]).toEqual([step, step, CODE_VERSION]);
      expect(seen).toMatchObject(variables);
    }
  });
});

describe('features/size', () => {
  it.each(stageNames)('of %s knows from how many bytes on which rung it is', (stage) => {
    const { fargateFromBytes, athena } = stageOf(stage).processing;
    const { FARGATE_FROM_BYTES, ATHENA_FROM_BYTES } = functionOf(stage, 'features/size').Environment.Variables;
    expect(FARGATE_FROM_BYTES).toBe(String(fargateFromBytes));
    expect(ATHENA_FROM_BYTES).toBe(athena && String(athena.fromBytes));
  });

  it.each(stageNames)('of %s leaves Lambda while a fifth of its disk holds what there is to read', (stage) => {
    const { duckDb, processing } = stageOf(stage);
    expect(processing.fargateFromBytes * 5).toBeLessThanOrEqual(duckDb.diskMiB * 2 ** 20 * 1.01);
    const taskBytes = processing.diskGiB * 2 ** 30;
    expect((processing.athena?.fromBytes ?? 0) * 5).toBeLessThanOrEqual(taskBytes);
  });
});

describe('Athena', () => {
  it.each(awsStages)('of %s stops a query that would read too much, and encrypts what it answers', (stage) => {
    const { platform } = templatesOf(stage);
    platform.hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: `mlops-${stage}`,
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: stageOf(stage).processing.athena?.maxBytesPerQuery,
        ResultConfiguration: {
          OutputLocation: { 'Fn::Join': ['', ['s3://', Match.anyValue(), '/athena-results/']] },
          EncryptionConfiguration: { EncryptionOption: 'SSE_KMS' },
        },
      },
    });
    platform.hasResourceProperties('AWS::Glue::Database', { DatabaseInput: { Name: `mlops_${stage}` } });
  });

  it('is not there in the emulator, nor is a right to ask it', () => {
    const { platform } = templatesOf('local');
    platform.resourceCountIs('AWS::Athena::WorkGroup', 0);
    platform.resourceCountIs('AWS::Glue::Database', 0);
    expect(JSON.stringify(resourcesOf(platform, 'AWS::IAM::Policy'))).not.toMatch(/athena:|glue:/);
  });
});
