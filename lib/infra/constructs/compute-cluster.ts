import type { ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { StageConfig } from '../stages.ts';
import { GpuCapacity } from './gpu-capacity.ts';

/** Where containers run: Fargate, spot where the stage says so, and GPU machines when it has them. */
export class ComputeCluster extends Construct {
  readonly cluster: ICluster;
  readonly subnets: readonly ISubnet[];
  /** @default - the stage trains on processors only */
  readonly gpu?: GpuCapacity;

  constructor(scope: Construct, id: string, { vpc, stage }: { readonly vpc: IVpc; readonly stage: StageConfig }) {
    super(scope, id);
    this.subnets = vpc.isolatedSubnets;
    const cluster = new Cluster(this, 'Cluster', {
      vpc,
      containerInsightsV2: stage.containerInsights ? ContainerInsights.ENHANCED : ContainerInsights.DISABLED,
      // The emulator knows Fargate without being told, and has no associations to tell it by.
      enableFargateCapacityProviders: !stage.emulated,
    });
    if (!stage.containerInsights)
      acknowledge(
        cluster,
        'AwsSolutions-ECS4',
        'Costs by the container and hour: bought where people rely on the platform (prod).',
      );
    if (stage.training.gpu) {
      this.gpu = new GpuCapacity(this, 'Gpu', { vpc, gpu: stage.training.gpu });
      cluster.addManagedInstancesCapacityProvider(this.gpu.provider);
    }
    this.cluster = cluster as ICluster;
  }
}
