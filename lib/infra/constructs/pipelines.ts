import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { PipelineName } from '#contracts/pipelines.ts';
import type { DoorName } from '../doors.ts';
import { stateMachineName } from '../naming.ts';
import type { StageConfig, StageName } from '../stages.ts';
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
}

/** Placeholders of each definition that are functions. */
export const steps = {
  data: {
    IngestArn: 'features/ingest',
    ValidateArn: 'validation/validate',
    BuildFeaturesArn: 'features/build-features',
    UpdateReferenceArn: 'features/update-reference',
    MaterializeArn: 'features/materialize',
  },
  training: {
    PrepareArn: 'training/prepare',
    SelectArn: 'training/select',
    GateArn: 'training/gate',
    RegisterArn: 'training/register',
  },
  deployment: {
    PlanArn: 'deployment/plan',
    ShiftArn: 'deployment/shift',
    JudgeArn: 'deployment/judge',
    PromoteArn: 'deployment/promote',
    RollbackArn: 'deployment/rollback',
  },
  monitoring: { CollectArn: 'monitoring/collect', MeasureDriftArn: 'monitoring/measure-drift' },
} as const satisfies Record<PipelineName, Record<string, DoorName>>;

/** ARNs by name: functions that start pipelines are made before them. */
export const pipelineArns = (scope: Construct, stage: StageName): Record<PipelineName, string> => {
  const arn = (pipeline: PipelineName) =>
    Stack.of(scope).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: stateMachineName(pipeline, stage),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  return { data: arn('data'), training: arn('training'), deployment: arn('deployment'), monitoring: arn('monitoring') };
};

/** The four pipelines, each with the rights that its states need. */
export class Pipelines extends Construct {
  readonly all: Readonly<Record<PipelineName, Pipeline>>;
  readonly #props: PipelinesProps;

  constructor(scope: Construct, id: string, props: PipelinesProps) {
    super(scope, id);
    this.#props = props;
    const { events, training, stage } = props;
    const bus = { EventBusName: events.busName };
    const publish = new PolicyStatement({ actions: ['events:PutEvents'], resources: [events.bus.eventBusArn] });
    const dataArn = pipelineArns(this, stage.name).data;
    this.all = {
      data: this.#make('data', bus, [publish]),
      training: this.#make('training', { ...training.substitutions, DataPipelineArn: dataArn }, [
        ...training.statements,
        ...runsPipeline(this, dataArn),
      ]),
      deployment: this.#make('deployment', {}, []),
      monitoring: this.#make('monitoring', bus, [publish]),
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

/** What `startExecution.sync:2` needs: start, watch and stop, and the rule by which Step Functions hears of the end. */
const runsPipeline = (scope: Construct, arn: string): PolicyStatement[] => [
  new PolicyStatement({ actions: ['states:StartExecution'], resources: [arn] }),
  new PolicyStatement({
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    resources: [`${arn.replace(':stateMachine:', ':execution:')}:*`],
  }),
  managedRule(scope, 'StepFunctionsGetEventsForStepFunctionsExecutionRule'),
];
