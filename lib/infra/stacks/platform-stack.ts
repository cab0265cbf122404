import { type App, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { datasetRoutes } from '#contracts/dataset-routes.ts';
import { deploymentRoutes } from '#contracts/deployment.ts';
import { featureRoutes } from '#contracts/feature-routes.ts';
import { identityRoutes } from '#contracts/identity.ts';
import { labelRoutes } from '#contracts/ledger.ts';
import { lineageRoutes } from '#contracts/lineage.ts';
import { monitoringRoutes } from '#contracts/monitoring.ts';
import { pipelineRoutes } from '#contracts/pipelines.ts';
import { registryRoutes } from '#contracts/registry.ts';
import { servingRoutes } from '#contracts/serving.ts';
import { trackingRoutes } from '#contracts/tracking.ts';
import { validationRoutes } from '#contracts/validation.ts';
import { Alarms } from '../constructs/alarms.ts';
import { AthenaQueries } from '../constructs/athena-queries.ts';
import { PathsToFunction, priorities } from '../constructs/balancer-rules.ts';
import { DoorFunction } from '../constructs/door-function.ts';
import { DuckDbLayer } from '../constructs/duckdb-layer.ts';
import { Edge } from '../constructs/edge.ts';
import { EventRoutes } from '../constructs/event-routes.ts';
import { OnnxLayer } from '../constructs/onnx-layer.ts';
import { Pipelines, pipelineArns } from '../constructs/pipelines.ts';
import { PlatformApi } from '../constructs/platform-api.ts';
import { ProcessingTasks } from '../constructs/processing-tasks.ts';
import { ProjectSchedules } from '../constructs/project-schedules.ts';
import { TrainingTasks } from '../constructs/training-tasks.ts';
import { UndeliveredEvents } from '../constructs/undelivered-events.ts';
import { type DoorName, doorId, doorNames } from '../doors.ts';
import { feastDoor, feastRoutes } from '../feast-routes.ts';
import { fleetRoutes } from '../fleet-routes.ts';
import { type MlflowDoor, mlflowRoutes, pagePath, partsPath, uploadPath } from '../mlflow-routes.ts';
import { athenaDatabase, scheduleGroupName, stackName } from '../naming.ts';
import type { StageConfig } from '../stages.ts';
import type { NetworkStack } from './network-stack.ts';
import type { ServingStack } from './serving-stack.ts';
import type { StateStack } from './state-stack.ts';

export interface PlatformStackProps extends StackProps {
  readonly network: NetworkStack;
  readonly state: StateStack;
  readonly serving: ServingStack;
}
type Functions = Readonly<Record<DoorName, DoorFunction>>;

interface Grants {
  readonly stage: StageConfig;
  readonly functions: Functions;
  readonly processing: ProcessingTasks;
  readonly state: StateStack;
  readonly undelivered: UndeliveredEvents;
}

type Below = Pick<PlatformStackProps, 'serving' | 'state'>;

/** Changes most: functions, API, pipelines, rules and alarms. It holds no data. */
export class PlatformStack extends Stack {
  constructor(app: App, stage: StageConfig, { network, state, serving, ...props }: PlatformStackProps) {
    super(app, stackName('Platform', stage.name), props);
    const functions = this.#makeFunctions(stage);
    const training = new TrainingTasks(this, 'Training', {
      stage,
      vpc: network.network.vpc,
      compute: serving.compute,
      data: state.buckets.data,
      artifacts: state.buckets.artifacts,
      key: state.key,
    });
    const { compute } = serving;
    const processing = new ProcessingTasks(this, 'Processing', { stage, vpc: network.network.vpc, compute, functions });
    const athena = new AthenaQueries(this, 'Athena', { stage, data: state.buckets.data, key: state.key });
    const { events, alerts } = state;
    const pipelines = new Pipelines(this, 'Pipelines', { stage, functions, events, training, athena });
    const undelivered = new UndeliveredEvents(this, 'Undelivered');
    this.#grant({ stage, functions, processing, state, undelivered });
    const api = this.#makeApi(stage, functions, serving);
    this.#makeEdge(api, functions, { serving, state });
    const recordRun = functions['pipelines/record-run'];
    recordRun.keepFailures(undelivered);
    const progress = { door: functions['training/progress'], artifacts: state.buckets.artifacts };
    const compact = functions['serving/compact'];
    new EventRoutes(this, 'Routes', { events, alerts, pipelines, recordRun, progress, compact, undelivered });
    new Alarms(this, 'Alarms', { alerts, api, fleet: serving.fleet, pipelines, functions, undelivered });
    this.#makeOutputs(api, pipelines);
  }

  #makeFunctions(stage: StageConfig): Functions {
    const layers = { duckdb: new DuckDbLayer(this, 'DuckDb'), onnx: new OnnxLayer(this, 'Onnx') };
    const make = (door: DoorName) => new DoorFunction(this, doorId(door), { door, stage, layers });
    const made = Object.fromEntries(doorNames.map((door) => [door, make(door)])) as Functions;
    made['deployment/plan'].lambda.addEnvironment('METRIC_LAG_SECONDS', String(stage.metricLagSeconds));
    const { fargateFromBytes, athena } = stage.processing;
    for (const door of ['features/size', 'features/historical-size', 'serving/plan-scoring'] as const)
      made[door].lambda.addEnvironment('FARGATE_FROM_BYTES', String(fargateFromBytes));
    if (athena) made['features/size'].lambda.addEnvironment('ATHENA_FROM_BYTES', String(athena.fromBytes));
    // Scores are known by the code that scores, not by that which plans.
    made['serving/plan-scoring'].lambda.addEnvironment('SCORING_CODE_VERSION', made['serving/score-shard'].codeVersion);
    made['features/plan-athena'].lambda.addEnvironment('ATHENA_DATABASE', athenaDatabase(stage.name));
    return made;
  }

  #grant({ stage, functions, processing, state, undelivered }: Grants): void {
    const { tables, buckets, events, alerts, adminKey } = state;
    const arns = pipelineArns(this, stage.name);
    const schedules = new ProjectSchedules(this, 'Schedules', {
      groupName: scheduleGroupName(stage.name),
      pipelineArns: [arns.data, arns.training, arns.monitoring, arns.scoring],
      undelivered,
    });
    const resources = { tables, buckets, events, alerts, adminKey, schedules, pipelineArns: arns };
    for (const door of [...Object.values(functions), processing]) door.grantAccess(resources);
  }

  #makeApi(stage: StageConfig, functions: Functions, serving: ServingStack): PlatformApi {
    const api = new PlatformApi(this, 'Http', { stage, authorizer: functions['identity/authorizer'] });
    api.serve(featureRoutes, functions['features/api']);
    api.serve(trackingRoutes, functions['tracking/api']);
    api.serve(registryRoutes, functions['registry/api']);
    api.serve(deploymentRoutes, functions['deployment/api']);
    api.serve(lineageRoutes, functions['lineage/api']);
    api.serve(datasetRoutes, functions['datasets/api']);
    api.serve(validationRoutes, functions['validation/api']);
    api.serve(monitoringRoutes, functions['monitoring/api']);
    api.serve(pipelineRoutes, functions['pipelines/api']);
    api.serve(identityRoutes, functions['identity/api']);
    for (const [door, routes] of Object.entries(mlflowRoutes))
      api.serveAll(routes, functions[door as MlflowDoor], stage.limits.mlflow);
    api.serveAll(feastRoutes, functions[feastDoor], stage.limits.mlflow);
    api.serve(labelRoutes, functions['serving/labels']);
    const fleet = serving.entrance.integration();
    api.forward(servingRoutes, fleet, stage.limits.serving);
    api.forwardAll(fleetRoutes, fleet, stage.limits.serving);
    return api;
  }

  #makeEdge({ api }: PlatformApi, functions: Functions, { serving, state }: Below): void {
    const { listener, loadBalancer } = serving.fleet;
    new PathsToFunction(this, 'Artifacts', {
      listener,
      door: functions['artifacts/mlflow'],
      // What is no upload below their path, and the parts that the fleet asks for with the caller's key.
      paths: [uploadPath, partsPath],
      priority: priorities.artifacts,
    });
    new PathsToFunction(this, 'Page', {
      listener,
      door: functions['ui/mlflow'],
      paths: [pagePath],
      priority: priorities.page,
    });
    new Edge(this, 'Edge', { api, loadBalancer, accessLogs: state.accessLogs.bucket });
  }

  #makeOutputs({ api }: PlatformApi, { all }: Pipelines): void {
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint });
    new CfnOutput(this, 'ApiId', { value: api.apiId });
    // The base of /predict/{model}: the fleet answers behind the same address.
    new CfnOutput(this, 'PredictUrl', { value: api.apiEndpoint });
    for (const [name, { machine }] of Object.entries(all))
      new CfnOutput(this, `${name.charAt(0).toUpperCase()}${name.slice(1)}PipelineArn`, {
        value: machine.stateMachineArn,
      });
  }
}
