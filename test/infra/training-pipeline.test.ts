import { describe, expect, it } from '@jest/globals';
import { machineOf } from './machines.ts';
import { resourcesOf, templatesOf } from './synth.ts';

describe('the training pipeline', () => {
  const { States } = machineOf('training');
  const { StartAt, States: inner } =
    machineOf('training').States.TrainCandidates?.ItemProcessor ?? machineOf('training');
  const substitutionsOf = (stage: 'local' | 'dev' | 'prod') => {
    const machines = Object.values(resourcesOf(templatesOf(stage).platform, 'AWS::StepFunctions::StateMachine'));
    const found = machines.find(({ Properties }) => Properties.StateMachineName === `mlops-${stage}-training`);
    return found?.Properties.DefinitionSubstitutions as Record<string, unknown>;
  };

  it.each(['Train', 'TrainOnSageMaker'])('%s that failed is tried twice more, after the pause of the stage', (name) => {
    expect(inner[name]?.Catch?.[0]).toMatchObject({ ErrorEquals: ['States.TaskFailed'], Next: 'TryAgain' });
    expect(inner.TryAgain).toMatchObject({
      Choices: [{ Condition: expect.stringMatching(/failures < 3/), Next: 'Pause' }],
    });
    expect(inner.Pause).toMatchObject({ Seconds: expect.stringContaining('TrainingRetrySeconds'), Next: StartAt });
    expect(substitutionsOf('local').TrainingRetrySeconds).toBe('5');
    expect(substitutionsOf('prod').TrainingRetrySeconds).toBe('300');
  });

  it('lets no candidate sink the others: whatever fails one ends in an outcome', () => {
    for (const name of ['Train', 'TrainOnSageMaker'])
      expect(inner[name]?.Catch?.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'CandidateFailed' });
    expect([inner.GiveUp?.Next, inner.CandidateFailed]).toEqual([
      'CandidateFailed',
      expect.objectContaining({ Type: 'Pass', End: true }),
    ]);
  });

  it('stacks after the candidates, as often as there is a job for it, and then selects among all', () => {
    expect([States.TrainCandidates?.Next, States.Trained?.Default]).toEqual(['Trained', 'Stack']);
    expect(States.Stack?.Next).toBe('Stacked');
    expect(States.Stacked).toMatchObject({
      Choices: [{ Condition: '{% $count($states.input.jobs) > 0 %}', Next: 'TrainCandidates' }],
      Default: 'Select',
    });
    expect(States.TrainCandidates?.Assign).toEqual({ outcomes: '{% [$append($outcomes, $states.result)] %}' });
    for (const name of ['Prepare', 'PrepareReproduction']) expect(States[name]?.Assign?.outcomes).toEqual([]);
    expect(States.Select?.Arguments?.Payload).toMatch(/'candidates': \$outcomes/);
  });

  it('goes on without the stack where that fails, and tells of it as of any candidate', () => {
    const [caught, ...others] = (States.Stack?.Catch ?? []) as unknown as {
      Assign: Record<string, string>;
      Next: string;
    }[];
    expect([caught, others]).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'Select' }, []]);
    expect(caught?.Assign.outcomes).toMatch(/'candidate': 'stacking'.*'status': 'failed', 'reason': /);
  });

  it('reproduces past stack, selection, gate and registry', () => {
    expect(States.WithFreshData?.Choices?.[0]).toEqual({
      Condition: '{% $exists($states.input.reproduce) %}',
      Next: 'PrepareReproduction',
    });
    expect(States.PrepareReproduction?.Next).toBe('TrainCandidates');
    expect(States.Trained?.Choices).toEqual([{ Condition: "{% $reproduce != '' %}", Next: 'CompareReproduction' }]);
    expect(States.Prepare?.Assign?.reproduce).toBe('');
    expect(States.CompareReproduction?.End).toBe(true);
  });

  it('goes to SageMaker where the stage offers it and the job asks for it', () => {
    expect(inner[StartAt]).toMatchObject({
      Choices: [
        {
          Condition: expect.stringMatching(/^\{% \$\{SageMakerOffered\} and \$states\.input\.on = 'sagemaker' %\}$/),
          Next: 'TrainOnSageMaker',
        },
      ],
      Default: 'Train',
    });
    expect(inner.TrainOnSageMaker?.Resource).toBe('arn:aws:states:::sagemaker:createTrainingJob.sync');
    const offered = (['local', 'dev', 'prod'] as const).map((stage) => substitutionsOf(stage).SageMakerOffered);
    expect(offered).toEqual(['false', 'true', 'true']);
  });

  it('places on GPU machines what asks for one, and what the stage has none for as any other', () => {
    const place = JSON.stringify(inner.Train);
    expect(place).toMatch(/\$states\.input\.gpu \? '\$\{GpuTaskDefinitionArn\}' : '\$\{TaskDefinitionArn\}'/);
    expect(place).toMatch(/\$states\.input\.gpu \? '\$\{GpuCapacityProvider\}' : '\$\{CapacityProvider\}'/);
    const { GpuTaskDefinitionArn: gpu, TaskDefinitionArn: cpu } = substitutionsOf('prod');
    expect(gpu).not.toEqual(cpu);
    const dev = substitutionsOf('dev');
    expect([dev.GpuTaskDefinitionArn, dev.GpuCapacityProvider]).toEqual([dev.TaskDefinitionArn, dev.CapacityProvider]);
  });
});
