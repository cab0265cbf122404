import type { PipelineName } from '#contracts/pipelines.ts';
import type { StageName } from './stages.ts';

/** Names that others must know before CloudFormation could tell them; every other name is CloudFormation's. */
export const stackName = (part: 'Network' | 'State' | 'Serving' | 'Platform', stage: StageName) =>
  `Mlops${part}-${stage}`;
/** Machines that others start: pipelines, and the one that runs a step as a task for them. */
export type MachineName = PipelineName | 'processing';
export const stateMachineName = (machine: MachineName, stage: StageName) => `mlops-${stage}-${machine}`;
/** At most 32 characters; the emulator answers on http://{name}.alb.localhost. */
export const loadBalancerName = (stage: StageName) => `mlops-serving-${stage}`;
/** Under this path of its own address the emulator answers for the load balancer, too. */
export const balancerPath = (stage: StageName) => `/_alb/${loadBalancerName(stage)}`;
export const scheduleGroupName = (stage: StageName) => `mlops-${stage}`;
/** A candidate's name and 19 more characters follow; a job's name ends at 63. */
export const sageMakerJobPrefix = (stage: StageName) => `mlops-${stage}-`;
/** SageMaker endpoints that the fleet may ask begin so. No stage in it: whoever makes an endpoint names the rest. */
export const servedEndpoints = 'mlops-*';
/** Images that the local stage's container engine already has. */
export const localImage = (container: 'serving' | 'training' | 'processing') => `mlops-platform/${container}:local`;
export const servingPort = 8080;
/** Prefix of the prediction ledger; the hour of arrival follows. */
export const ledgerPrefix = 'ledger/';
/** Glue database of the tables that Athena reads sources by. */
export const athenaDatabase = (stage: StageName) => `mlops_${stage}`;
export const athenaWorkGroup = (stage: StageName) => `mlops-${stage}`;
