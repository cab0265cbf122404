import type { Construct } from 'constructs';
import { PackagesLayer } from './packages-layer.ts';

/** DuckDB for the data steps: 70 MB that no bundle has to carry. */
export class DuckDbLayer extends PackagesLayer {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: '@duckdb/node-api with its binding for linux-x64',
      packages: { '@duckdb/node-api': ['.'], '@duckdb/node-bindings': ['.'], '@duckdb/node-bindings-linux-x64': ['.'] },
    });
  }
}
