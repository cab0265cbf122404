import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { IgnoreMode } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { localImage } from './naming.ts';
import { root } from './root.ts';
import type { StageConfig } from './stages.ts';

// Images are built from the root of the checkout. Only what they are made of goes along: anything else would change
// their hash, and with it the running tasks. The last pattern that meets a file decides.
const node = ['!lib', 'lib/infra', '**/.*', '!.npmrc', '!package.json', '!package-lock.json'];
const training = ['*', '!containers/training', '**/.*', '**/__pycache__', '**/tests'];
const images = {
  serving: { folder: 'serving', context: ['*', '!containers/serving', ...node] },
  processing: { folder: 'processing', context: ['*', '!containers/processing', '!functions', ...node] },
  training: { folder: 'training', context: training },
  // The same container on XGBoost's CUDA build: gigabytes that tasks without a GPU should not pull.
  'training-gpu': { folder: 'training', context: training, buildArgs: { REQUIREMENTS: 'requirements-gpu.txt' } },
} as const satisfies Record<string, Image>;

type Folder = 'serving' | 'training' | 'processing';
interface Image {
  readonly folder: Folder;
  readonly context: readonly string[];
  readonly buildArgs?: Record<string, string>;
}
export type ImageName = keyof typeof images;

/** What the container of an image is called in its task. */
export const containerName = (name: ImageName): Folder => images[name].folder;

/** Image of containers/{folder} as the CDK builds and pushes it; none where the local engine has it already. */
export const imageAsset = (scope: Construct, name: ImageName, stage: StageConfig): DockerImageAsset | undefined => {
  if (stage.emulated) return undefined;
  const { folder, context, buildArgs }: Image = images[name];
  const file = `containers/${folder}/Dockerfile`;
  if (!existsSync(join(root, file))) throw new Error(`${file} is missing, and the ${stage.name} stage builds it`);
  return new DockerImageAsset(scope, 'Image', {
    directory: root,
    file,
    platform: Platform.LINUX_AMD64,
    ignoreMode: IgnoreMode.DOCKER,
    exclude: [...context],
    ...(buildArgs && { buildArgs }),
  });
};

/** What a container runs: the asset, or what the local engine calls by that name. */
export const containerImage = (name: ImageName, asset: DockerImageAsset | undefined): ContainerImage =>
  asset ? ContainerImage.fromDockerImageAsset(asset) : ContainerImage.fromRegistry(localImage(images[name].folder));
