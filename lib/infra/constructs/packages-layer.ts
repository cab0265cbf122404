import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage, Stack } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { installedVersion, packageFolder } from '../bundles/installed.ts';
import { root } from '../root.ts';

/** Packages with native parts, which no bundle can carry, and what of each goes into the layer. */
export interface PackagesLayerProps {
  readonly description: string;
  /** Parts by package. @example { 'onnxruntime-common': ['package.json', 'dist/cjs'] } */
  readonly packages: Readonly<Record<string, readonly string[]>>;
}

// Lambda runs Linux on x64, whatever machine deploys: other platforms' bindings would only be weight.
/** Installed packages as a Lambda layer, found by their names. */
export class PackagesLayer extends LayerVersion {
  constructor(scope: Construct, id: string, { description, packages }: PackagesLayerProps) {
    const names = Object.keys(packages);
    const copy = (folder: string): boolean => {
      for (const [name, parts] of Object.entries(packages))
        for (const part of parts)
          cpSync(join(packageFolder(name), part), join(folder, 'nodejs', 'node_modules', name, part), {
            recursive: true,
          });
      return true;
    };
    super(scope, id, {
      description,
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      compatibleArchitectures: [Architecture.X86_64],
      code: Stack.of(scope).bundlingRequired
        ? Code.fromAsset(packageFolder(names[0] as string), {
            // By version, because hashing tens of MB at every synth would take longer than the rest of it.
            assetHash: [id, ...names.map(installedVersion)].join('-').toLowerCase(),
            assetHashType: AssetHashType.CUSTOM,
            bundling: { image: DockerImage.fromRegistry('scratch'), local: { tryBundle: copy } },
          })
        : Code.fromAsset(join(root, 'functions', '_shared')),
    });
  }
}
