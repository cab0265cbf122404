import { type App, Tags } from 'aws-cdk-lib';
import { adaptToEmulator } from './local/template-adapter.ts';
import { NetworkStack } from './stacks/network-stack.ts';
import { PlatformStack } from './stacks/platform-stack.ts';
import { ServingStack } from './stacks/serving-stack.ts';
import { StateStack } from './stacks/state-stack.ts';
import type { StageConfig } from './stages.ts';

export interface StageStacks {
  readonly network: NetworkStack;
  readonly state: StateStack;
  readonly serving: ServingStack;
  readonly platform: PlatformStack;
}

export interface StageTarget {
  /** @default - the account that deploys */
  readonly account?: string | undefined;
  /** @default - the stage's */
  readonly region?: string | undefined;
  /** Port of the emulator's gateway. @default 4566 */
  readonly emulatorPort?: number | undefined;
}

/** Puts the stacks of one stage into the app; `emulated` ones are fitted to what the emulator can do. */
export const buildStage = (app: App, stage: StageConfig, target: StageTarget = {}): StageStacks => {
  const { account, region } = target;
  const env = { region: region ?? stage.region, ...(account && { account }) };
  const props = { env, terminationProtection: stage.retainData };
  const network = new NetworkStack(app, stage, { env });
  const state = new StateStack(app, stage, props);
  const serving = new ServingStack(app, stage, { env, network, state });
  const platform = new PlatformStack(app, stage, { env, network, state, serving });
  Tags.of(app).add('application', 'mlops-platform');
  Tags.of(app).add('stage', stage.name);
  if (stage.emulated) adaptToEmulator(app, stage, target.emulatorPort ?? 4566);
  return { network, state, serving, platform };
};
