import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { PipelineName } from '#contracts/pipelines.ts';
import { scoringSteps } from '#contracts/scoring.ts';
import {
  dataSteps,
  deploymentSteps,
  historicalSteps,
  materializationSteps,
  monitoringSteps,
} from '#contracts/steps.ts';
import { trainingSteps } from '#contracts/training-steps.ts';
import { steps as doorsOf } from '#infra/constructs/pipelines.ts';
import { processingSteps } from '#infra/processing-steps.ts';
import { type Machine, machineOf, nested, textOf } from './machines.ts';
import { resourcesOf, templatesOf } from './synth.ts';

type Step = { input: z.ZodObject; output: z.ZodObject };

const pipelines = PipelineName.options;
const contracts = {
  data: dataSteps,
  training: trainingSteps,
  deployment: deploymentSteps,
  monitoring: monitoringSteps,
  materialization: materializationSteps,
  historical: historicalSteps,
  scoring: scoringSteps,
};
const keysOf = (expression: string) => [...expression.matchAll(/'(\w+)'\s*:/g)].map(([, key]) => key as string);
const camel = (arnName: string) => arnName.charAt(0).toLowerCase() + arnName.slice(1).replace(/Arn$/, '');

const statesOf = (pipeline: PipelineName) =>
  nested(machineOf(pipeline)).flatMap(({ States }) => Object.entries(States));
const lambdaStates = (pipeline: PipelineName) =>
  statesOf(pipeline).filter(([, { Resource }]) => Resource?.endsWith('lambda:invoke'));

/** Names that a step is called with: those of its payload, and of the variables merged into it. */
const payloadKeys = (pipeline: PipelineName, payload: string): string[] => {
  const assigned = Object.assign({}, ...statesOf(pipeline).map(([, { Assign }]) => Assign)) as Record<string, string>;
  const merged = [...payload.matchAll(/\$(\w+)/g)].flatMap(([, name]) => keysOf(assigned[name as string] ?? ''));
  return [...keysOf(payload), ...merged];
};

describe.each(pipelines)('%s pipeline', (pipeline) => {
  const states = statesOf(pipeline);

  it('speaks JSONata and ends in time', () => {
    const { QueryLanguage, TimeoutSeconds } = machineOf(pipeline);
    expect(QueryLanguage).toBe('JSONata');
    expect(TimeoutSeconds).toBeGreaterThan(0);
  });

  it('leads from every state to one that exists', () => {
    for (const { StartAt, States } of nested(machineOf(pipeline)))
      for (const { Next, Default, End, Catch = [], Choices = [], Type } of Object.values(States)) {
        const targets = [Next, Default, ...Catch.map((c) => c.Next), ...Choices.map((c) => c.Next)].filter(Boolean);
        expect(Object.keys(States)).toEqual(expect.arrayContaining([StartAt, ...targets]));
        expect(End || targets.length > 0 || ['Fail', 'Succeed'].includes(Type)).toBe(true);
      }
  });

  it('has a value for every placeholder and a placeholder for every value', () => {
    const machines = Object.values(resourcesOf(templatesOf('prod').platform, 'AWS::StepFunctions::StateMachine'));
    const machine = machines.find(({ Properties }) => Properties.StateMachineName.endsWith(`-${pipeline}`));
    const placeholders = [...textOf(pipeline).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(machine?.Properties.DefinitionSubstitutions).sort()).toEqual([...new Set(placeholders)].sort());
  });

  it('gives every task a time limit and every retry a bound, a back-off and jitter', () => {
    for (const [, { Type, TimeoutSeconds, Retry = [] }] of states.filter(([, s]) => s.Type === 'Task')) {
      expect([Type, TimeoutSeconds]).toEqual(['Task', expect.any(Number)]);
      expect(Retry.length).toBeGreaterThan(0);
      for (const retry of Retry) {
        expect(retry.MaxAttempts).toBeLessThanOrEqual(4);
        expect(retry.BackoffRate).toBeGreaterThanOrEqual(2);
        expect(retry.JitterStrategy).toBe('FULL');
      }
    }
  });

  it('never repeats a step that refused', () => {
    const refusals = ['EXPECTATIONS_NOT_MET', 'GATE_NOT_MET', 'CANDIDATES_FAILED', 'States.ALL', 'States.TaskFailed'];
    for (const [, { Retry = [] }] of lambdaStates(pipeline))
      for (const { ErrorEquals } of Retry) expect(ErrorEquals.filter((e) => refusals.includes(e))).toEqual([]);
  });

  it('calls every step of its contract, by the door of that step', () => {
    const called = lambdaStates(pipeline).map(([, s]) => s.Arguments?.FunctionName?.slice(2, -1) as string);
    expect([...new Set(called.map(camel))].sort()).toEqual(Object.keys(contracts[pipeline]).sort());
    expect(Object.keys(doorsOf[pipeline]).sort()).toEqual([...new Set(called)].sort());
  });

  it.each(lambdaStates(pipeline))('hands %s all that its contract asks for', (_, { Arguments }) => {
    const step = (contracts[pipeline] as unknown as Record<string, Step>)[
      camel(Arguments?.FunctionName?.slice(2, -1) ?? '')
    ];
    const called = lambdaStates(pipeline).filter(([, s]) => s.Arguments?.FunctionName === Arguments?.FunctionName);
    const given = (states: typeof called) =>
      states.flatMap(([, s]) => payloadKeys(pipeline, s.Arguments?.Payload ?? ''));
    const shape = step?.input.shape ?? { missing: z.string() };
    const required = Object.keys(shape).filter((key) => !shape[key]?.isOptional());
    expect(payloadKeys(pipeline, Arguments?.Payload ?? '')).toEqual(expect.arrayContaining(required));
    // What may be left out is given by one of the states that call the step.
    expect(given(called)).toEqual(expect.arrayContaining(Object.keys(shape)));
  });

  it.each(lambdaStates(pipeline))('takes from %s only what its contract answers', (_, { Arguments, Assign = {} }) => {
    const step = (contracts[pipeline] as unknown as Record<string, Step>)[
      camel(Arguments?.FunctionName?.slice(2, -1) ?? '')
    ];
    const taken = [...JSON.stringify(Assign).matchAll(/result\.Payload\.(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(step?.output.shape ?? {})).toEqual(expect.arrayContaining(taken));
  });
});

describe('the size ladder', () => {
  const { StartAt, States } = machineOf('data');
  const processing: Machine = machineOf('processing');
  const climbing = Object.assign(
    {},
    States,
    machineOf('historical').States,
    ...nested(machineOf('scoring')).map((machine) => machine.States),
  ) as Machine['States'];
  const tasks = Object.entries(climbing).filter(([name]) => name.endsWith('OnFargate'));

  it('is asked first, and again when there is a data set whose manifest tells', () => {
    expect(StartAt).toBe('Size');
    expect(States.Size?.Next).toBe('IngestRung');
    expect(States.Ingest?.Next).toBe('SizeOfDataset');
    expect(States.SizeOfDataset?.Arguments?.Payload).toContain("'datasetId': $datasetId");
  });

  it('does each step that has a task on a task, with the input of its Lambda, before that', () => {
    const doors = tasks.map(([, { Arguments }]) => (Arguments as unknown as { Input: { step: string } }).Input.step);
    expect(doors).toEqual([...processingSteps]);
    for (const [name, { Arguments, Next }] of tasks) {
      const step = name.replace('OnFargate', '');
      const { input } = (Arguments as unknown as { Input: { input: string } }).Input;
      expect([Next, climbing[`${step}Rung`]?.Default]).toEqual([step, step]);
      const ranOn = / 'ranOn': (?:\$rung|\$states\.input\.rung)/;
      expect(climbing[step]?.Arguments?.Payload).toMatch(ranOn);
      expect(climbing[step]?.Arguments?.Payload?.replace(new RegExp(`,${ranOn.source}`), '')).toBe(input);
    }
  });

  it('goes to Athena and from there to a task that makes its rows a data set', () => {
    const athena = States.IngestRung?.Choices?.[0];
    expect(athena).toEqual({ Condition: "{% $rung = 'athena' %}", Next: 'PlanAthena' });
    expect([States.PlanAthena?.Next, States.IngestOnAthena?.Next]).toEqual(['IngestOnAthena', 'IngestOnFargate']);
    const query = States.IngestOnAthena?.ItemProcessor?.States.Query;
    expect(query?.Resource).toBe('arn:aws:states:::athena:startQueryExecution.sync');
  });

  it('repeats a task that crashed after the pause of the stage, and none that refused', () => {
    const { Run, Judge, Pause, GiveUp } = processing.States;
    expect(Run?.Catch?.[0]).toMatchObject({ ErrorEquals: ['States.TaskFailed'], Next: 'Judge' });
    expect(Judge?.Choices).toEqual([
      { Condition: '{% $states.input.refused %}', Next: 'Done' },
      { Condition: '{% $states.input.failures < 3 %}', Next: 'Pause' },
    ]);
    expect(Judge?.Default).toBe('GiveUp');
    expect(Pause).toMatchObject({ Seconds: expect.stringContaining('RetrySeconds'), Next: 'Run' });
    expect(GiveUp?.Type).toBe('Fail');
  });

  it('has a value for every placeholder of the machine that runs tasks, and no other', () => {
    const machines = Object.values(resourcesOf(templatesOf('prod').platform, 'AWS::StepFunctions::StateMachine'));
    const machine = machines.find(({ Properties }) => Properties.StateMachineName === 'mlops-prod-processing');
    const placeholders = [...JSON.stringify(processing).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(machine?.Properties.DefinitionSubstitutions).sort()).toEqual([...new Set(placeholders)].sort());
    expect(machine?.Properties.DefinitionSubstitutions).toMatchObject({
      CapacityProvider: 'FARGATE_SPOT',
      RetrySeconds: '300',
    });
  });
});

it('a failing step of a rollout gives the traffic back', () => {
  const { States } = machineOf('deployment');
  for (const name of ['Shift', 'Judge', 'Promote']) expect(States[name]?.Catch?.[0]?.Next).toBe('Rollback');
});

describe('materialization', () => {
  const { States } = machineOf('materialization');
  const map = States.WriteShards;

  it('leaves the other shards alone when one fails, and lets the end judge', () => {
    const { WriteShard, ShardFailed } = map?.ItemProcessor?.States ?? {};
    expect(WriteShard?.Catch?.[0]).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'ShardFailed' });
    expect(ShardFailed).toMatchObject({ Type: 'Pass', End: true });
    expect(map?.Next).toBe('Finish');
  });

  it('hands each shard all it needs, as a distributed map sees no variables', () => {
    const payload = map?.ItemProcessor?.States.WriteShard?.Arguments?.Payload ?? '';
    expect([...payload.matchAll(/\$(\w+)/g)].map(([, name]) => name)).toEqual(keysOf(payload).map(() => 'states'));
    const selected = (map as unknown as { ItemSelector: object }).ItemSelector;
    expect(Object.keys(selected).sort()).toEqual(Object.keys(materializationSteps.materializeShard.input.shape).sort());
  });

  it('fans out as executions of its own on AWS, and inline in the emulator', () => {
    const modeIn = (stage: 'local' | 'prod') => {
      const machines = Object.values(resourcesOf(templatesOf(stage).platform, 'AWS::StepFunctions::StateMachine'));
      return machines.map((m) => m.Properties.DefinitionSubstitutions.MapMode).filter(Boolean);
    };
    expect([modeIn('local'), modeIn('prod')]).toEqual([
      ['INLINE', 'INLINE'],
      ['DISTRIBUTED', 'DISTRIBUTED'],
    ]);
  });
});

describe('scoring', () => {
  const { States } = machineOf('scoring');
  const map = States.ScoreShards;
  const inside = map?.ItemProcessor?.States ?? {};

  it('ends well where there is nothing to score', () => {
    expect(States.Plan?.Next).toBe('HasWork');
    const [nothing] = States.HasWork?.Choices ?? [];
    expect([nothing?.Next, States.HasWork?.Default]).toEqual(['NothingToScore', 'ScoreShards']);
    expect(States.NothingToScore?.Type).toBe('Succeed');
  });

  it('leaves the other shards alone when one fails as a task or as a function, and lets the end judge', () => {
    for (const name of ['ScoreShardOnFargate', 'ScoreShard'])
      expect(inside[name]?.Catch?.[0]).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'ShardFailed' });
    expect(inside.ShardFailed).toMatchObject({ Type: 'Pass', End: true });
    expect(map?.Next).toBe('Finish');
  });

  it('hands each shard all it needs, and a name of its own to refuse by', () => {
    const payload = inside.ScoreShard?.Arguments?.Payload ?? '';
    expect([...payload.matchAll(/\$(\w+)/g)].map(([, name]) => name)).toEqual(keysOf(payload).map(() => 'states'));
    const selected = (map as unknown as { ItemSelector: Record<string, string> }).ItemSelector;
    const { ranOn, ...shape } = scoringSteps.scoreShard.input.shape;
    expect(ranOn).toBeDefined();
    expect(Object.keys(selected).sort()).toEqual([...Object.keys(shape), 'rung'].sort());
    expect(selected.execution).toBe("{% $run.execution & '-' & $string($states.context.Map.Item.Value) %}");
  });
});
