import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { PipelineName } from '#contracts/pipelines.ts';
import type { DoorName } from '../doors.ts';
import { type MachineName, stateMachineName } from '../naming.ts';
import type { StageConfig, StageName } from '../stages.ts';
import type { AthenaQueries } from './athena-queries.ts';
import type { DoorFunction } from './door-function.ts';
import { managedRule } from './managed-rule.ts';
import { Pipeline } from './pipeline.ts';
import type { PlatformEvents } from './platform-events.ts';
import type { TrainingTasks } from './training-tasks.ts';

export interface PipelinesProps {
  readonly stage: StageConfig;
  readonly functions: Readonly<Record<DoorName, DoorFunction>>;
  readonly events: PlatformEvents;
  readonly training: TrainingTasks;
  readonly athena: AthenaQueries;
}

/** Placeholders of each definition that are functions. */
export const steps = {
  data: {
    SizeArn: 'features/size',
    PlanAthenaArn: 'features/plan-athena',
    IngestArn: 'features/ingest',
    ValidateArn: 'validation/validate',
    BuildFeaturesArn: 'features/build-features',
    UpdateReferenceArn: 'features/update-reference',
  },
  training: {
    PrepareArn: 'training/prepare',
    StackArn: 'training/stack',
    SelectArn: 'training/select',
    GateArn: 'training/gate',
    RegisterArn: 'training/register',
    PrepareReproductionArn: 'training/prepare-reproduction',
    CompareReproductionArn: 'training/compare-reproduction',
  },
  deployment: {
    PlanArn: 'deployment/plan',
    ShiftArn: 'deployment/shift',
    JudgeArn: 'deployment/judge',
    PromoteArn: 'deployment/promote',
    RollbackArn: 'deployment/rollback',
  },
  monitoring: {
    MeasureViewsArn: 'features/measure-views',
    CollectArn: 'monitoring/collect',
    MeasureDriftArn: 'monitoring/measure-drift',
  },
  materialization: {
    MaterializePlanArn: 'features/materialize-plan',
    MaterializeShardArn: 'features/materialize-shard',
    MaterializeFinishArn: 'features/materialize-finish',
  },
  historical: { HistoricalSizeArn: 'features/historical-size', HistoricalArn: 'features/historical' },
  scoring: {
    PlanScoringArn: 'serving/plan-scoring',
    ScoreShardArn: 'serving/score-shard',
    FinishScoringArn: 'serving/finish-scoring',
  },
} as const satisfies Record<PipelineName, Record<string, DoorName>>;

const machineArn = (scope: Construct, machine: MachineName, stage: StageName): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: stateMachineName(machine, stage),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** ARNs by name: functions that start pipelines are made before them. */
export const pipelineArns = (scope: Construct, stage: StageName): Record<PipelineName, string> => {
  const arns = PipelineName.options.map((pipeline) => [pipeline, machineArn(scope, pipeline, stage)] as const);
  return Object.fromEntries(arns) as Record<PipelineName, string>;
};

/** The pipelines, each with the rights that its states need. */
export class Pipelines extends Construct {
  readonly all: Readonly<Record<PipelineName, Pipeline>>;
  readonly #props: PipelinesProps;

  constructor(scope: Construct, id: string, props: PipelinesProps) {
    super(scope, id);
    this.#props = props;
    const { events, training, athena, stage } = props;
    const bus = { EventBusName: events.busName };
    const publish = new PolicyStatement({ actions: ['events:PutEvents'], resources: [events.bus.eventBusArn] });
    const { data: dataArn, materialization: materializationArn, scoring: scoringArn } = pipelineArns(this, stage.name);
    const processingArn = machineArn(this, 'processing', stage.name);
    const data = {
      ...bus,
      ...athena.substitutions,
      ProcessingArn: processingArn,
      MaterializationPipelineArn: materializationArn,
    };
    this.all = {
      data: this.#make('data', data, [
        publish,
        ...athena.statements,
        ...runsPipeline(this, processingArn, materializationArn),
      ]),
      training: this.#make('training', { ...training.substitutions, DataPipelineArn: dataArn }, [
        ...training.statements,
        ...runsPipeline(this, dataArn),
      ]),
      deployment: this.#make('deployment', {}, []),
      monitoring: this.#make('monitoring', bus, [publish]),
      historical: this.#make('historical', { ProcessingArn: processingArn }, runsPipeline(this, processingArn)),
      materialization: this.#make('materialization', shardsOf(stage), fansOut(stage, materializationArn)),
      scoring: this.#make('scoring', { ...shardsOf(stage), ProcessingArn: processingArn }, [
        ...runsPipeline(this, processingArn),
        ...fansOut(stage, scoringArn),
      ]),
    };
  }

  #make(pipeline: PipelineName, substitutions: Record<string, string>, statements: PolicyStatement[]): Pipeline {
    const { stage, functions } = this.#props;
    const arns = Object.entries<DoorName>(steps[pipeline]).map(([name, door]) => {
      return [name, functions[door].lambda.functionArn] as const;
    });
    const invoke = new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: arns.map(([, arn]) => arn) });
    return new Pipeline(this, pipeline.charAt(0).toUpperCase() + pipeline.slice(1), {
      pipeline,
      stage,
      substitutions: { ...Object.fromEntries(arns), ...substitutions },
      statements: [invoke, ...statements],
    });
  }
}

/**
 * A distributed map runs each shard as an execution of its own, thousands if need be; the emulator has no such map that
 * speaks JSONata. Each writes as fast as one function can: so many at once is what the table is asked for.
 */
const shardsOf = ({ emulated }: StageConfig) => ({
  MapMode: emulated ? 'INLINE' : 'DISTRIBUTED',
  ShardConcurrency: emulated ? '2' : '16',
});

/** arn:…:stateMachine:name → arn:…:execution:name */
const executionOf = (arn: string): string => arn.replace(':stateMachine:', ':execution:');

const runs = (arns: readonly string[], executions: readonly string[]): PolicyStatement[] => [
  new PolicyStatement({ actions: ['states:StartExecution'], resources: [...arns] }),
  new PolicyStatement({ actions: ['states:DescribeExecution', 'states:StopExecution'], resources: [...executions] }),
];

/** What `startExecution.sync:2` needs: start, watch and stop, and the rule by which Step Functions hears of the end. */
const runsPipeline = (scope: Construct, ...arns: string[]): PolicyStatement[] => [
  ...runs(
    arns,
    arns.map((arn) => `${executionOf(arn)}:*`),
  ),
  managedRule(scope, 'StepFunctionsGetEventsForStepFunctionsExecutionRule'),
];

/** What a distributed map needs of its own machine; its executions are called name/map:id. */
const fansOut = ({ emulated }: StageConfig, arn: string): PolicyStatement[] =>
  emulated ? [] : runs([arn], [`${executionOf(arn)}:*`, `${executionOf(arn)}/*`]);
