import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { IgnoreMode } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { localImage } from './naming.ts';
import { root } from './root.ts';
import type { StageConfig } from './stages.ts';

// Images are built from the root of the checkout, so that they see lib/. Only what they may need goes along: anything
// else would change their hash, and with it the running fleet.
const contextOf = (name: string): string[] => [
  '*',
  '!package.json',
  '!package-lock.json',
  '!.npmrc',
  '!lib',
  'lib/infra',
  `!containers/${name}`,
  '**/.venv',
  '**/__pycache__',
  '**/.pytest_cache',
  '**/tests',
];

/** Image of containers/{name}: built and pushed by the CDK, or what the local engine calls by that name. */
export const containerImage = (name: 'serving' | 'training', stage: StageConfig): ContainerImage => {
  if (stage.emulated) return ContainerImage.fromRegistry(localImage(name));
  const file = `containers/${name}/Dockerfile`;
  if (!existsSync(join(root, file))) throw new Error(`${file} is missing, and the ${stage.name} stage builds it`);
  return ContainerImage.fromAsset(root, {
    file,
    platform: Platform.LINUX_AMD64,
    ignoreMode: IgnoreMode.DOCKER,
    exclude: contextOf(name),
  });
};
