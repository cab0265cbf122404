import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { IgnoreMode } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { localImage } from './naming.ts';
import { root } from './root.ts';
import type { StageConfig } from './stages.ts';

// Images are built from the root of the checkout. Only what they are made of goes along: anything else would change
// their hash, and with it the running tasks. The last pattern that meets a file decides.
const contexts = {
  serving: ['*', '!containers/serving', '!lib', 'lib/infra', '**/.*', '!.npmrc', '!package.json', '!package-lock.json'],
  training: ['*', '!containers/training', '**/.*', '**/__pycache__', '**/tests'],
} as const;

/** Image of containers/{name}: built and pushed by the CDK, or what the local engine calls by that name. */
export const containerImage = (name: keyof typeof contexts, stage: StageConfig): ContainerImage => {
  if (stage.emulated) return ContainerImage.fromRegistry(localImage(name));
  const file = `containers/${name}/Dockerfile`;
  if (!existsSync(join(root, file))) throw new Error(`${file} is missing, and the ${stage.name} stage builds it`);
  return ContainerImage.fromAsset(root, {
    file,
    platform: Platform.LINUX_AMD64,
    ignoreMode: IgnoreMode.DOCKER,
    exclude: [...contexts[name]],
  });
};
