#!/usr/bin/env node
import { App, Validations } from 'aws-cdk-lib';
import { buildStage } from '#infra/build-stage.ts';
import { stageOf } from '#infra/stages.ts';

/** `cdk … -c stage=dev`: never guessed, because a guess would deploy. The local stage also takes `-c emulatorPort=4566`. */
const app = new App();
const stage = stageOf(app.node.tryGetContext('stage'));
const port: unknown = app.node.tryGetContext('emulatorPort');

buildStage(app, stage, {
  account: process.env.CDK_DEFAULT_ACCOUNT,
  region: stage.emulated ? stage.region : process.env.CDK_DEFAULT_REGION,
  emulatorPort: port === undefined ? undefined : Number(port),
});

// Costs a second, and the emulator's stage is the same app: judged where it goes to AWS.
if (!stage.emulated) {
  const { PlatformChecks } = await import('#infra/checks.ts');
  Validations.of(app).addPlugins(new PlatformChecks(app));
}
