import { Size } from 'aws-cdk-lib';
import {
  AcceleratorManufacturer,
  AcceleratorType,
  InstanceGeneration,
  type IVpc,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { CapacityOptionType, ManagedInstancesCapacityProvider } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcards } from '../acknowledge.ts';
import type { GpuConfig } from '../stages.ts';

export interface GpuCapacityProps {
  readonly vpc: IVpc;
  readonly gpu: GpuConfig;
}

/** NVIDIA machines on spot that ECS starts for a task and ends after it. */
export class GpuCapacity extends Construct {
  readonly provider: ManagedInstancesCapacityProvider;

  constructor(scope: Construct, id: string, { vpc, gpu }: GpuCapacityProps) {
    super(scope, id);
    this.provider = new ManagedInstancesCapacityProvider(this, 'Provider', {
      subnets: vpc.isolatedSubnets,
      securityGroups: [new SecurityGroup(this, 'Machines', { vpc, description: 'GPU machines: no way in' })],
      capacityOptionType: CapacityOptionType.SPOT,
      taskVolumeStorage: Size.gibibytes(100),
      instanceRequirements: {
        // ECS itself keeps some of a machine, so a task is smaller than the machine it asks for.
        vCpuCountMin: Math.ceil(gpu.task.cpu / 1024),
        memoryMin: Size.mebibytes(gpu.task.memoryMiB),
        acceleratorTypes: [AcceleratorType.GPU],
        acceleratorManufacturers: [AcceleratorManufacturer.NVIDIA],
        acceleratorCountMin: gpu.gpus,
        acceleratorCountMax: gpu.gpus,
        instanceGenerations: [InstanceGeneration.CURRENT],
      },
    });
    acknowledge(
      this,
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonECSInfrastructureRolePolicyForManagedInstances]',
      'The policy that ECS Managed Instances is documented with: AWS widens it when the service needs more.',
    );
    acknowledgeWildcards(this, {
      pattern: /^Resource::(\*|.*:container-instance\/\*)$/,
      reason: 'Policies of ECS Managed Instances as AWS publishes them: machines have no names before they exist.',
    });
  }
}
