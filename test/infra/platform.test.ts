import { describe, expect, it } from '@jest/globals';
import { PipelineName } from '#contracts/pipelines.ts';
import { doors } from '#infra/doors.ts';
import { resourcesOf, templatesOf } from './synth.ts';

const { platform } = templatesOf('prod');

describe('rules', () => {
  const everyRule = Object.values(resourcesOf(platform, 'AWS::Events::Rule')).map(({ Properties }) => Properties);
  const rules = everyRule.filter(({ EventPattern }) => EventPattern);
  const rulesOf = (name: string) => rules.filter(({ EventPattern }) => EventPattern['detail-type']?.[0] === name);
  const ruleOf = (name: string) => rulesOf(name)[0] as (typeof rules)[number];

  it('roll a registered version out when it asks for it', () => {
    expect(ruleOf('VersionRegistered').EventPattern.detail).toEqual({ rollout: [true] });
    const [target] = ruleOf('VersionRegistered').Targets;
    expect(target.InputTransformer.InputTemplate).toMatch(/"model":<.*>,"version":<.*>,"by":"registry"/);
  });

  it('retrain on fresh data after severe drift that asks for it, and only then', () => {
    const rule = rulesOf('DriftDetected').find(({ EventPattern }) => EventPattern.detail.retrain);
    expect(rule.EventPattern.detail).toEqual({ severity: ['severe'], retrain: [true] });
    expect(rule.Targets[0].InputTransformer.InputTemplate).toMatch(/"refreshData":true,"reason":"drift"/);
  });

  it('tell people of drift in a sentence', () => {
    const notices = rulesOf('DriftDetected').filter(({ EventPattern }) => !EventPattern.detail.retrain);
    expect(notices.map(({ EventPattern }) => EventPattern.detail)).toEqual([{ severity: ['warning', 'severe'] }]);
    const [target] = notices[0].Targets;
    expect(JSON.stringify(target.Arn)).toMatch(/AlertsTopic/);
    expect(target.InputTransformer.InputTemplate).toMatch(/^"<.*> drift: model <.*> version <.*> of <.*>/);
    expect(target.RoleArn).toBeDefined();
  });

  it('record every change of every run', () => {
    const rule = ruleOf('Step Functions Execution Status Change');
    expect(rule.EventPattern.detail.stateMachineArn).toHaveLength(PipelineName.options.length);
    expect(rule.EventPattern.detail.status).toBeUndefined();
  });

  it('keep what they could not deliver', () => {
    for (const { Targets } of everyRule) expect(Targets[0].DeadLetterConfig.Arn).toBeDefined();
  });

  it('compact the ledger twenty minutes after each hour, and keep what failed', () => {
    const [hourly, ...others] = everyRule.filter(({ ScheduleExpression }) => ScheduleExpression);
    expect(others).toEqual([]);
    expect(hourly.ScheduleExpression).toBe('cron(20 * * * ? *)');
    const [target] = hourly.Targets;
    expect(JSON.stringify(target.Arn)).toMatch(/ServingCompactFunction/);
    expect(target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 7_200, MaximumRetryAttempts: 10 });
    const kept = Object.values(resourcesOf(platform, 'AWS::Lambda::EventInvokeConfig')).find(({ Properties }) =>
      JSON.stringify(Properties.FunctionName).includes('ServingCompact'),
    );
    expect(kept?.Properties.DestinationConfig.OnFailure.Destination).toBeDefined();
  });

  it('follow training by the progress that tasks write, and by nothing else that S3 tells', () => {
    const [rule, ...others] = rules.filter(({ EventPattern }) => EventPattern.source[0] === 'aws.s3');
    expect(others).toEqual([]);
    expect(rule.EventPattern).toMatchObject({
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [expect.anything()] }, object: { key: [{ suffix: '/progress.json' }] } },
    });
    expect(JSON.stringify(rule.EventPattern.detail.bucket)).toMatch(/ArtifactsBucket/);
    expect(JSON.stringify(rule.Targets[0].Arn)).toMatch(/TrainingProgressFunction/);
    const { state } = templatesOf('prod');
    const told = Object.entries(resourcesOf(state, 'AWS::S3::Bucket')).filter(
      ([, { Properties }]) => Properties.NotificationConfiguration?.EventBridgeConfiguration?.EventBridgeEnabled,
    );
    expect(told.map(([id]) => id)).toEqual([expect.stringMatching(/^ArtifactsBucket/)]);
  });
});

describe('what reaches nobody', () => {
  const queue = { 'Fn::GetAtt': [expect.stringMatching(/^Undelivered/), 'Arn'] };

  const asked = (id: string) =>
    Object.values(resourcesOf(platform, 'AWS::Lambda::EventInvokeConfig')).find(({ Properties }) =>
      JSON.stringify(Properties.FunctionName).includes(id),
    )?.Properties;

  it('is forgotten after five minutes when it tells how far a training was', () => {
    expect(asked('TrainingProgress')).toMatchObject({ MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 1 });
    expect(asked('TrainingProgress')?.DestinationConfig).toBeUndefined();
  });

  it('is kept when a run could not be recorded', () => {
    expect(asked('PipelinesRecordRun')?.DestinationConfig.OnFailure.Destination).toEqual(queue);
  });

  it('is kept when a schedule could not start its pipeline', () => {
    const policies = Object.entries(resourcesOf(platform, 'AWS::IAM::Policy'));
    const [, role] = policies.find(([id]) => id.startsWith('SchedulesRole')) ?? [];
    const statements: { Action: unknown; Resource: unknown }[] = role?.Properties.PolicyDocument.Statement;
    expect(statements.find(({ Action }) => Action === 'sqs:SendMessage')?.Resource).toEqual(queue);
    const functions = Object.values(resourcesOf(platform, 'AWS::Lambda::Function'));
    const api = functions.find(({ Properties }) => Properties.Description === 'functions/pipelines/api.ts');
    expect(api?.Properties.Environment.Variables.UNDELIVERED_QUEUE_ARN).toEqual(queue);
  });
});

describe('deployment/plan', () => {
  it.each([
    ['local', '5'],
    ['prod', '120'],
  ] as const)('of %s knows that metrics come %s seconds late', (stage, seconds) => {
    const functions = Object.values(resourcesOf(templatesOf(stage).platform, 'AWS::Lambda::Function'));
    const plan = functions.find(({ Properties }) => Properties.Description === 'functions/deployment/plan.ts');
    expect(plan?.Properties.Environment.Variables.METRIC_LAG_SECONDS).toBe(seconds);
  });
});

describe('alerts', () => {
  it('come from alarms of this account alone, with no right to encrypt anything else', () => {
    const { state } = templatesOf('prod');
    const fromAlarms = [
      ...Object.values(resourcesOf(state, 'AWS::SNS::TopicPolicy')).map((r) => r.Properties.PolicyDocument),
      ...Object.values(resourcesOf(state, 'AWS::KMS::Key')).map((r) => r.Properties.KeyPolicy),
    ]
      .flatMap(({ Statement }) => Statement)
      .filter(({ Principal }) => Principal.Service === 'cloudwatch.amazonaws.com');
    expect(fromAlarms.map(({ Action }) => Action)).toEqual(['sns:Publish', ['kms:Decrypt', 'kms:GenerateDataKey*']]);
    for (const { Condition } of fromAlarms)
      expect(Condition).toEqual({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
  });
});

describe('alarms', () => {
  it('watch the API, the fleet, models and each pipeline, and reach people', () => {
    const alarms = Object.values(resourcesOf(platform, 'AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    expect(alarms.map(({ AlarmDescription }) => AlarmDescription).sort()).toEqual([
      'A function of the API failed',
      'A function of the data or feature API failed',
      "A function that answers MLflow's clients failed",
      'A run of the data pipeline failed',
      'A run of the data pipeline timed out or was stopped',
      'A run of the deployment pipeline failed',
      'A run of the deployment pipeline timed out or was stopped',
      'A run of the historical pipeline failed',
      'A run of the historical pipeline timed out or was stopped',
      'A run of the materialization pipeline failed',
      'A run of the materialization pipeline timed out or was stopped',
      'A run of the monitoring pipeline failed',
      'A run of the monitoring pipeline timed out or was stopped',
      'A run of the scoring pipeline failed',
      'A run of the scoring pipeline timed out or was stopped',
      'A run of the training pipeline failed',
      'A run of the training pipeline timed out or was stopped',
      'A serving task could not load a model',
      'A serving task is not ready for 5 minutes',
      'API p95 above 200 ms for 5 minutes',
      'All that is online of a feature view is older than its ttl',
      'An event reached nobody and waits in the dead-letter queue',
      'More than 1 % of API calls fail',
      'More than 1 % of predictions fail',
      'More than 10 API errors in 5 minutes',
      'More than 20 % of the features of a model drifted',
      'More than 5 % of API calls fail',
      'More than 5 % of predictions fail',
      'Predictions p95 above 200 ms for 5 minutes',
    ]);
    for (const { AlarmActions } of alarms) expect(AlarmActions).toHaveLength(1);
  });
});

describe('functions', () => {
  it('each have a role of their own', () => {
    const roles = Object.values(resourcesOf(platform, 'AWS::Lambda::Function')).map(({ Properties }) =>
      JSON.stringify(Properties.Role),
    );
    expect(new Set(roles).size).toBe(roles.length);
  });

  const layeredWith = (layer: string) =>
    Object.values(resourcesOf(platform, 'AWS::Lambda::Function')).filter(({ Properties: { Layers = [] } }) =>
      Layers.some(({ Ref }: { Ref: string }) => Ref.startsWith(layer)),
    );

  it('that run a graph get onnxruntime, a whole core and time to start it', () => {
    const layered = layeredWith('Onnx').map(({ Properties }) => Properties);
    const [gate] = layered.filter(({ Description }) => Description === 'functions/training/gate.ts');
    expect(gate).toMatchObject({ MemorySize: 1_769, Timeout: 300 });
    expect(layered.map(({ Description }) => Description).sort()).toEqual([
      'functions/serving/score-shard.ts',
      'functions/training/gate.ts',
    ]);
  });

  it('that carry DuckDB get the layer, 3 GB or more and a disk', () => {
    const layered = layeredWith('DuckDb');
    const ofKind = (...kinds: string[]) => Object.values(doors).filter(({ kind }) => kinds.includes(kind)).length;
    expect(layered).toHaveLength(ofKind('duckdb', 'scoring', 'query'));
    const steps = layered.filter(({ Properties }) => Properties.Timeout > 29);
    expect(steps).toHaveLength(ofKind('duckdb', 'scoring'));
    for (const { Properties } of steps) {
      expect(Properties.MemorySize).toBeGreaterThanOrEqual(3_008);
      expect(Properties.EphemeralStorage.Size).toBeGreaterThan(512);
    }
  });
});
