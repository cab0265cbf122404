import type { StageConfig, TaskSize } from './stages.ts';

/**
 * US dollars an hour in us-east-1, Linux on x86, without taxes and discounts, as published on the day `asOf`:
 * aws.amazon.com/fargate/pricing, aws.amazon.com/ec2/pricing/on-demand, aws.amazon.com/sagemaker/ai/pricing. They make
 * estimates: spot prices move, and other regions are up to a third dearer. A machine that is not here has no price.
 */
export const prices = {
  asOf: '2026-03-31',
  fargate: {
    FARGATE: { vCpu: 0.04048, gigabyte: 0.004445 },
    FARGATE_SPOT: { vCpu: 0.01334, gigabyte: 0.001465 },
  },
  /** A machine with one NVIDIA T4, four vCPUs and 16 GB (g4dn.xlarge) on demand: on spot, as it runs, it is less. */
  gpuMachine: 0.526,
  /** Training, on demand: managed spot is billed at up to 90 % less, which only its bill knows. */
  sageMaker: {
    'ml.m5.large': 0.115,
    'ml.m5.xlarge': 0.23,
    'ml.m5.2xlarge': 0.461,
    'ml.m5.4xlarge': 0.922,
    'ml.m5.12xlarge': 2.765,
    'ml.m5.24xlarge': 5.53,
    'ml.c5.xlarge': 0.204,
    'ml.c5.2xlarge': 0.408,
    'ml.c5.4xlarge': 0.816,
    'ml.c5.9xlarge': 1.836,
    'ml.c5.18xlarge': 3.672,
    'ml.g4dn.xlarge': 0.736,
  },
} as const;

const exact = (dollars: number): number => Math.round(dollars * 1e6) / 1e6;

/** One hour of a Fargate task. @example fargateHour({ cpu: 4096, memoryMiB: 8192 }, 'FARGATE') // 0.19748 */
export const fargateHour = ({ cpu, memoryMiB }: TaskSize, capacity: StageConfig['training']['capacity']): number => {
  const { vCpu, gigabyte } = prices.fargate[capacity];
  return exact((cpu / 1024) * vCpu + (memoryMiB / 1024) * gigabyte);
};
