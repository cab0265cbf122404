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

  /**
   * Named by CloudFormation when it deploys: synth asks no account for its zones, and runs once instead of twice. Where
   * its first two lack a service (GPU machines, an endpoint), say `-c zones=us-east-1b,us-east-1c`.
   */
  override get availabilityZones(): string[] {
    const zones: unknown = this.node.tryGetContext('zones');
    if (typeof zones === 'string') return zones.split(',').map((zone) => zone.trim());
    return [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())];
  }
}
