import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage, Stack } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { root } from '../root.ts';

const modules = join(root, 'node_modules');
// Lambda runs Linux on x64, whatever machine deploys: other platforms' bindings would only be weight.
const packages = ['@duckdb/node-api', '@duckdb/node-bindings', '@duckdb/node-bindings-linux-x64'];

const version = (name: string): string => {
  const file = join(modules, name, 'package.json');
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  throw new Error(
    `${name} is not installed, and the Lambda layer is made of it; run npm ci --os=linux --cpu=x64 --libc=glibc`,
  );
};

const copyPackages = (folder: string): boolean => {
  for (const name of packages)
    cpSync(join(modules, name), join(folder, 'nodejs', 'node_modules', name), { recursive: true });
  return true;
};

/** DuckDB for the data steps: 70 MB that no bundle has to carry. */
export class DuckDbLayer extends LayerVersion {
  constructor(scope: Construct, id: string) {
    const bundled = Stack.of(scope).bundlingRequired;
    super(scope, id, {
      description: '@duckdb/node-api with its binding for linux-x64',
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      compatibleArchitectures: [Architecture.X86_64],
      code: bundled
        ? Code.fromAsset(join(modules, '@duckdb', 'node-api'), {
            // By version, because hashing 70 MB at every synth would take longer than the rest of it.
            assetHash: `duckdb-${packages.map(version).join('-')}`,
            assetHashType: AssetHashType.CUSTOM,
            bundling: { image: DockerImage.fromRegistry('scratch'), local: { tryBundle: copyPackages } },
          })
        : Code.fromAsset(join(root, 'functions', '_shared')),
    });
  }
}
