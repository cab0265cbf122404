import { join } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcards, type KnownWildcard, noResources, objectsBelow } from '../acknowledge.ts';
import { logDays } from '../log-days.ts';
import { type MachineName, stateMachineName } from '../naming.ts';
import { root } from '../root.ts';
import type { StageConfig } from '../stages.ts';

export interface PipelineProps {
  readonly pipeline: MachineName;
  readonly stage: StageConfig;
  /** Value of each ${Placeholder} of the definition. */
  readonly substitutions: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
}

const wildcards: readonly KnownWildcard[] = [
  {
    pattern: /:execution:|:task\/|:training-job\/mlops-/,
    reason: 'Executions, tasks and jobs that the machine itself started: their names are made when they start.',
  },
  { pattern: /:table\/.*\/\*$/, reason: 'Tables over raw files: their names are made when a run asks for them.' },
];

/** The definition that a person reads and changes. */
export const definitionFile = (pipeline: MachineName): string => join(root, 'state-machines', `${pipeline}.asl.json`);

/** A pipeline: state-machines/{pipeline}.asl.json with a role that may do what its states do. */
export class Pipeline extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { pipeline, stage, substitutions, statements }: PipelineProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      // Step Functions extends a policy of CloudWatch for every group; names below this prefix share one entry.
      logGroupName: `/aws/vendedlogs/states/${stateMachineName(pipeline, stage.name)}`,
      retention: logDays(stage.logDays),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: stateMachineName(pipeline, stage.name),
      definitionBody: DefinitionBody.fromFile(definitionFile(pipeline)),
      definitionSubstitutions: { ...substitutions },
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: true },
      tracingEnabled: true,
    });
    for (const statement of statements) this.machine.addToRolePolicy(statement);
    acknowledgeWildcards(this, noResources, objectsBelow, ...wildcards);
  }
}
