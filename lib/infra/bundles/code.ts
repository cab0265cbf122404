import { copyFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DoorName } from '../doors.ts';
import { root } from '../root.ts';
import { bundle } from './bundle.ts';
import { mlflowUi } from './mlflow-ui.ts';

export interface DoorCode {
  readonly code: Code;
  /** Changes exactly when the code of the function does. */
  readonly version: string;
}

// Bundling happens on this machine; the CDK wants an image to fall back to, which is never pulled.
const image = DockerImage.fromRegistry('scratch');

interface Extra {
  readonly hash: string;
  readonly copyInto: (folder: string) => void;
}

/** What lies beside the bundle of a door: for ui/mlflow the static files of MLflow's web UI. */
const extraOf = (door: DoorName): Extra => {
  if (door !== 'ui/mlflow') return { hash: '', copyInto: () => {} };
  const { folder: ui, hash } = mlflowUi();
  return { hash, copyInto: (folder) => cpSync(ui, join(folder, 'mlflow-ui'), { recursive: true }) };
};

/** Code of a door. Where the CDK is told not to bundle (tests, `cdk list`), the sources' folder stands in. */
export const doorCode = (scope: Construct, door: DoorName): DoorCode => {
  if (!Stack.of(scope).bundlingRequired)
    return { code: Code.fromAsset(join(root, 'functions', '_shared')), version: 'unbundled' };
  const { file, sha256 } = bundle(door);
  const extra = extraOf(door);
  const copy = (folder: string) => {
    copyFileSync(file, join(folder, 'index.js'));
    extra.copyInto(folder);
    return true;
  };
  const options = { assetHash: sha256 + extra.hash, assetHashType: AssetHashType.CUSTOM };
  const code = Code.fromAsset(join(root, 'functions'), { ...options, bundling: { image, local: { tryBundle: copy } } });
  return { code, version: sha256.slice(0, 16) };
};
