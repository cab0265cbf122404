import { TestEnvironment } from 'jest-environment-node';

/**
 * For suites that run models: onnxruntime makes its outputs of the process's own typed arrays, and tells arrays by
 * their constructor, so the suite must see the same ones and not those of its sandbox.
 * Chosen by a comment in the suite's first line.
 */
// biome-ignore lint/style/noDefaultExport: jest reads no other
export default class OnnxEnvironment extends TestEnvironment {
  constructor(...settings: ConstructorParameters<typeof TestEnvironment>) {
    super(...settings);
    Object.assign(this.global, { Float32Array, Float64Array, BigInt64Array });
  }
}
