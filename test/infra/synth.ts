import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { buildStage, type StageStacks } from '#infra/build-stage.ts';
import { root } from '#infra/root.ts';
import { type StageConfig, type StageName, stageOf } from '#infra/stages.ts';

const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };

const folders: string[] = [];
// Not when the process ends: jest's workers are killed, and their `process` is a copy that nobody tells.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The app of one stage, with the flags of cdk.json; functions are not bundled and assets not copied. */
export const stageApp = (
  name: StageName,
  more: Readonly<Record<string, unknown>> = {},
  stage: StageConfig = stageOf(name),
): { readonly app: App; readonly stacks: StageStacks } => {
  const outdir = mkdtempSync(join(tmpdir(), 'mlops-synth-'));
  folders.push(outdir);
  const noAssets = { 'aws:cdk:bundling-stacks': [], 'aws:cdk:disable-asset-staging': true };
  const app = new App({ outdir, context: { ...context, ...noAssets, ...more } });
  return { app, stacks: buildStage(app, stage, { emulatorPort: 4599 }) };
};

export type Templates = Readonly<Record<keyof StageStacks, Template>>;
const synthesised = new Map<StageName, Templates>();

/** Templates of a stage, made once a test file. */
export const templatesOf = (name: StageName): Templates => {
  const known = synthesised.get(name);
  if (known) return known;
  const { stacks } = stageApp(name);
  const made = {
    network: Template.fromStack(stacks.network),
    state: Template.fromStack(stacks.state),
    serving: Template.fromStack(stacks.serving),
    platform: Template.fromStack(stacks.platform),
  };
  synthesised.set(name, made);
  return made;
};

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties of any resource of CloudFormation
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}

/** Resources of a type (all without one), by logical id. */
export const resourcesOf = (template: Template, type?: string): Record<string, Resource> => {
  const all = template.toJSON().Resources as Record<string, Resource>;
  return Object.fromEntries(Object.entries(all).filter(([, { Type }]) => !type || Type === type));
};
