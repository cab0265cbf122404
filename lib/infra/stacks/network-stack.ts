import { type App, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { PlatformNetwork } from '../constructs/platform-network.ts';
import { stackName } from '../naming.ts';
import type { StageConfig } from '../stages.ts';

/** Lives longest: what everything else stands in. */
export class NetworkStack extends Stack {
  readonly network: PlatformNetwork;

  constructor(app: App, stage: StageConfig, props: StackProps) {
    super(app, stackName('Network', stage.name), props);
    this.network = new PlatformNetwork(this, 'Network', stage);
  }

  /** Named by CloudFormation when it deploys: synth asks no account for its zones, and runs once instead of twice. */
  override get availabilityZones(): string[] {
    return [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())];
  }
}
