import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type ILayerVersion, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { grant, type Resources } from '../access.ts';
import {
  acknowledgeWildcards,
  type KnownWildcard,
  kmsWildcards,
  noResources,
  objectsBelow,
  ownLogStreams,
  sourceSecrets,
} from '../acknowledge.ts';
import { doorCode } from '../bundles/code.ts';
import { balancedDoors, type Door, type DoorName, doors } from '../doors.ts';
import { logDays } from '../log-days.ts';
import type { StageConfig } from '../stages.ts';

export interface DoorFunctionProps {
  readonly door: DoorName;
  readonly stage: StageConfig;
  /** What bundles cannot carry, by the kind of door that does. */
  readonly layers: Readonly<Record<LayerName, ILayerVersion>>;
}

const wildcards: readonly KnownWildcard[] = [
  { pattern: /:execution:.*:\*$/, reason: 'Executions of one state machine: their names are made when they start.' },
  { pattern: /:schedule\/.*\/\*$/, reason: "Schedules of the platform's own group." },
];

const sizes = (kind: Door['kind'], { duckDb }: StageConfig) => {
  const tables = {
    memorySize: duckDb.memoryMiB,
    timeout: Duration.minutes(15),
    ephemeralStorageSize: Size.mebibytes(duckDb.diskMiB),
  };
  return {
    api: { memorySize: 512, timeout: Duration.seconds(29) }, // API Gateway waits 30 s
    search: { memorySize: 1_769, timeout: Duration.seconds(29) },
    query: { memorySize: 1_769, timeout: Duration.seconds(29) },
    // Behind the load balancer, that is: whoever asks by API Gateway is answered 503 after 30 s and asks again.
    files: { memorySize: 1_024, timeout: Duration.seconds(55) },
    step: { memorySize: 512, timeout: Duration.minutes(5) },
    onnx: { memorySize: 1_769, timeout: Duration.minutes(5) },
    duckdb: tables,
    scoring: tables,
  }[kind];
};

type LayerName = 'duckdb' | 'onnx';
const layersOf: Readonly<Partial<Record<Door['kind'], readonly LayerName[]>>> = {
  duckdb: ['duckdb'],
  query: ['duckdb'],
  onnx: ['onnx'],
  scoring: ['duckdb', 'onnx'],
};

/** What API Gateway does not slow down is held at so many at once. */
const held = (door: DoorName, { limits }: StageConfig) =>
  limits.besideApi !== undefined && balancedDoors.has(door) ? { reservedConcurrentExecutions: limits.besideApi } : {};

/** A Lambda function behind one door of functions/, with a role of its own that can do nothing until it is granted. */
export class DoorFunction extends Construct {
  readonly lambda: LambdaFunction;
  /** What data sets know the code by that made them. */
  readonly codeVersion: string;
  readonly #door: DoorName;

  constructor(scope: Construct, id: string, { door, stage, layers }: DoorFunctionProps) {
    super(scope, id);
    this.#door = door;
    const { kind } = doors[door];
    const { code, version } = doorCode(this, door);
    this.codeVersion = version;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: logDays(stage.logDays),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    // AWSLambdaBasicExecutionRole would allow writing to every log group of the account.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn, `${logGroup.logGroupArn}:*`],
      }),
    );
    this.lambda = new LambdaFunction(this, 'Function', {
      description: `functions/${door}.ts`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.X86_64,
      handler: 'index.handler',
      code,
      role,
      logGroup,
      tracing: Tracing.ACTIVE,
      layers: (layersOf[kind] ?? []).map((name) => layers[name]),
      environment: { CODE_VERSION: version, POWERTOOLS_SERVICE_NAME: door },
      ...sizes(kind, stage),
      ...held(door, stage),
    });
    acknowledgeWildcards(this, kmsWildcards, noResources, objectsBelow, ownLogStreams, sourceSecrets, ...wildcards);
  }

  /** Calls that nobody waits for and that fail to the end (three times) are kept in the queue. */
  keepFailures(queue: IQueue): void {
    this.lambda.configureAsyncInvoke({ onFailure: new SqsDestination(queue), retryAttempts: 2 });
  }

  /** Calls that nobody waits for and that are soon out of date: tried twice within that time, and forgotten. */
  forgetLate(after: Duration): void {
    this.lambda.configureAsyncInvoke({ maxEventAge: after, retryAttempts: 1 });
  }

  /** Gives the function what its door lists, and nothing else. */
  grantAccess(resources: Resources): void {
    const receiver = {
      grantPrincipal: this.lambda.grantPrincipal,
      addEnvironment: (name: string, value: string) => this.lambda.addEnvironment(name, value),
    };
    for (const access of doors[this.#door].access) grant(access, resources, receiver);
  }
}
