import type { Construct } from 'constructs';
import { PackagesLayer } from './packages-layer.ts';

/**
 * onnxruntime-node for the gate: 46 MB of the 288 that are installed, as Lambda takes no more than 250 together.
 * What its install script alone needs stays out.
 */
export class OnnxLayer extends PackagesLayer {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: 'onnxruntime-node with its binding for linux-x64',
      packages: {
        'onnxruntime-node': ['package.json', 'dist', 'bin/napi-v6/linux/x64'],
        'onnxruntime-common': ['package.json', 'dist/cjs'],
      },
    });
  }
}
