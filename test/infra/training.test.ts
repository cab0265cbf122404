import { describe, expect, it } from '@jest/globals';
import { CandidateName } from '#contracts/problems.ts';
import { Training } from '#contracts/training-options.ts';
import { sageMakerJobPrefix } from '#infra/naming.ts';
import { fargateHour, prices } from '#infra/prices.ts';
import { stageNames, stageOf } from '#infra/stages.ts';
import { machineOf } from './machines.ts';
import { resourcesOf, templatesOf } from './synth.ts';

interface Container {
  readonly Name: string;
  readonly Image: unknown;
  readonly Environment: readonly { readonly Name: string; readonly Value: string }[];
}
const { platform } = templatesOf('prod');

const taskOf = (id: string, template = platform) => {
  const tasks = Object.entries(resourcesOf(template, 'AWS::ECS::TaskDefinition'));
  const [, task] = tasks.find(([name]) => name.startsWith(id)) ?? [];
  const container: Container = task?.Properties.ContainerDefinitions[0];
  const environment = Object.fromEntries(container.Environment.map(({ Name, Value }) => [Name, Value]));
  return { name: container.Name, image: JSON.stringify(container.Image), environment };
};

describe('training tasks', () => {
  it('use as many threads as they have processors, and on GPUs the image that is built for them', () => {
    const [cpu, gpu] = [taskOf('TrainingCpu'), taskOf('TrainingGpu')];
    expect([cpu, gpu]).toMatchObject([
      { name: 'training', environment: { TRAINING_THREADS: '8' } },
      { name: 'training', environment: { TRAINING_THREADS: '3' } },
    ]);
    expect(gpu.image).not.toBe(cpu.image);
    // The tag of the image, by which the code is known again.
    for (const { image, environment } of [cpu, gpu]) expect(image).toContain(`:${environment.CODE_VERSION}`);
  });

  it.each(stageNames)('of %s know what an hour of them costs', (stage) => {
    const { task, capacity } = stageOf(stage).training;
    const { TASK_PRICE_USD_PER_HOUR: price } = taskOf('TrainingCpu', templatesOf(stage).platform).environment;
    expect(Number(price)).toBeCloseTo(fargateHour(task, capacity), 9);
    expect(Number(price)).toBeGreaterThan(0);
  });

  it('on GPU machines cost what the machine does', () => {
    expect(taskOf('TrainingGpu').environment.TASK_PRICE_USD_PER_HOUR).toBe(String(prices.gpuMachine));
  });
});

describe('prices', () => {
  it('of Fargate count processors and memory: four and 8 GB are 0.19748 an hour, on spot a third of it', () => {
    const size = { cpu: 4096, memoryMiB: 8192 };
    expect(fargateHour(size, 'FARGATE')).toBeCloseTo(4 * 0.04048 + 8 * 0.004445, 6);
    expect(fargateHour(size, 'FARGATE_SPOT')).toBeLessThan(fargateHour(size, 'FARGATE') / 2);
  });

  it('say the day that they are of', () => expect(Date.parse(prices.asOf)).not.toBeNaN());
});

describe('SageMaker jobs', () => {
  // biome-ignore lint/suspicious/noExplicitAny: arguments of any state
  const machine: any = machineOf('training');
  const job = machine.States.TrainCandidates.ItemProcessor.States.TrainOnSageMaker;
  const roleOf = (prefix: string) => {
    const policies = Object.entries(resourcesOf(platform, 'AWS::IAM::Policy'));
    const [, policy] = policies.find(([id]) => id.startsWith(prefix)) ?? [];
    return policy?.Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[];
  };

  it('run the same container on one machine that the project names, on spot, inside our network', () => {
    expect(job.Arguments).toMatchObject({
      AlgorithmSpecification: { TrainingInputMode: 'File', ContainerEntrypoint: ['python', '-m', 'training'] },
      ResourceConfig: {
        InstanceType: '{% $states.input.instanceType %}',
        InstanceCount: 1,
        VolumeSizeInGB: '{% $states.input.volumeGiB %}',
      },
      EnableManagedSpotTraining: true,
      EnableNetworkIsolation: false,
      VpcConfig: { SecurityGroupIds: [expect.stringMatching(/^\$\{SecurityGroup\}$/)] },
    });
    for (const name of ['JOB_SPEC_URI', 'TRAINING_THREADS', 'CODE_VERSION', 'TASK_PRICE_USD_PER_HOUR'])
      expect(job.Arguments.Environment).toContain(`'${name}'`);
  });

  it('wait for spot machines longer than they run, and the pipeline longer than both', () => {
    const { MaxRuntimeInSeconds, MaxWaitTimeInSeconds } = job.Arguments.StoppingCondition;
    expect(MaxWaitTimeInSeconds).toBeGreaterThan(MaxRuntimeInSeconds);
    expect(job.TimeoutSeconds).toBeGreaterThan(MaxWaitTimeInSeconds);
    // Candidates and then a stack, each up to three times.
    expect(machine.TimeoutSeconds).toBeGreaterThan(2 * 3 * job.TimeoutSeconds);
  });

  it('and tasks last hours longer than the longest search that a project may ask for', () => {
    const longest = 86_400;
    expect(Training.safeParse({ timeoutSeconds: longest }).success).toBe(true);
    expect(Training.safeParse({ timeoutSeconds: longest + 1 }).success).toBe(false);
    const task = machine.States.TrainCandidates.ItemProcessor.States.Train;
    const hours = [job.Arguments.StoppingCondition.MaxRuntimeInSeconds, task.TimeoutSeconds];
    for (const seconds of hours) expect(seconds).toBeGreaterThanOrEqual(longest + 4 * 3_600);
  });

  it('have names within the 63 characters that SageMaker allows', () => {
    expect(job.Arguments.TrainingJobName).toMatch(
      /^\{% '\$\{SageMakerJobPrefix\}' & \$states\.input\.candidate & '-' & \$substring\(\$uuid\(\), 0, 18\) %\}$/,
    );
    for (const stage of stageNames)
      for (const candidate of CandidateName.options)
        expect(`${sageMakerJobPrefix(stage)}${candidate}-00000000-0000-4000`).toMatch(
          /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
        );
  });

  it('take an image of our registry and a role that SageMaker alone assumes, of this account', () => {
    const machines = Object.values(resourcesOf(platform, 'AWS::StepFunctions::StateMachine'));
    const training = machines.find(({ Properties }) => Properties.StateMachineName === 'mlops-prod-training');
    const { CpuImage, GpuImage, SageMakerPrices } = training?.Properties.DefinitionSubstitutions ?? {};
    expect(JSON.stringify(CpuImage)).toMatch(/\.dkr\.ecr\./);
    expect(GpuImage).not.toEqual(CpuImage);
    expect(SageMakerPrices).toContain("'ml.g4dn.xlarge': 0.736");
    platform.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'sagemaker.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    });
  });

  it('may touch the same data as tasks do, and what SageMaker itself leaves', () => {
    const onData = (prefix: string) =>
      roleOf(prefix)
        .filter(({ Action }) => /s3:|kms:/.test(JSON.stringify(Action)))
        .flatMap(({ Action, Resource }) => [Resource].flat().map((one) => JSON.stringify([Action, one])))
        .sort();
    const own = (line: string) => line.includes('/artifacts/sagemaker/*');
    const [jobs, tasks] = [onData('TrainingSageMakerRole'), onData('TrainingCpuRole')];
    expect(jobs.filter((line) => !own(line))).toEqual(tasks);
    expect(jobs.filter(own).length).toBe(1);
    expect(tasks.length).toBeGreaterThan(2);
  });

  it('are started by the training pipeline alone, below the prefix of the stage', () => {
    const starting = Object.entries(resourcesOf(platform, 'AWS::IAM::Policy')).filter(([, policy]) =>
      JSON.stringify(policy.Properties).includes('sagemaker:CreateTrainingJob'),
    );
    expect(starting.map(([id]) => id)).toEqual([expect.stringMatching(/^PipelinesTraining/)]);
    const statement = roleOf('PipelinesTraining').find(({ Action }) => Action.includes('sagemaker:CreateTrainingJob'));
    expect(JSON.stringify(statement?.Resource)).toMatch(/:training-job\/mlops-prod-\*/);
  });

  it('leave no trace in a stage without them', () => {
    expect(JSON.stringify(templatesOf('local').platform.toJSON())).not.toMatch(/sagemaker\.amazonaws|sagemaker:/);
  });
});
