import type { Access } from './access.ts';

/** One Lambda function: its file is functions/{name}.ts, its rights are these and no others. */
export interface Door {
  readonly kind: 'api' | 'search' | 'query' | 'files' | 'step' | 'duckdb' | 'onnx' | 'scoring';
  readonly access: readonly Access[];
}

const api = (...access: Access[]): Door => ({ kind: 'api', access });
/** A part of the API that sorts through thousands of runs: with one whole core. */
const search = (...access: Access[]): Door => ({ kind: 'search', access });
/** A part of the API that asks DuckDB, of which it carries the layer. */
const query = (...access: Access[]): Door => ({ kind: 'query', access });
/** Makes files of thousands of parts, which takes S3 up to a minute, and signs as many addresses. */
const files = (...access: Access[]): Door => ({ kind: 'files', access });
const step = (...access: Access[]): Door => ({ kind: 'step', access });
/** A step that carries DuckDB: more memory and disk, and the layer. */
const duckdb = (...access: Access[]): Door => ({ kind: 'duckdb', access });

/** A step that runs a model's graph: the layer with onnxruntime-node, and one whole core. */
const onnx = (...access: Access[]): Door => ({ kind: 'onnx', access });
/** A step that runs a model's graph over rows of a data set: both layers, 117 of the 250 MB that Lambda takes. */
const scoring = (...access: Access[]): Door => ({ kind: 'scoring', access });

/** Every Lambda of the platform. "write" includes "read". */
export const doors = {
  // Where the heavy steps run, by what there is to read.
  'features/size': step('projects:read', 'raw:read', 'datasets:read'),
  'features/plan-athena': duckdb('projects:read', 'raw:read', 'unloaded:write'),
  'features/ingest': duckdb('projects:read', 'raw:read', 'source-secrets:read', 'datasets:write'),
  'validation/validate': duckdb('projects:read', 'datasets:read', 'reports:write'),
  'features/build-features': duckdb(
    'projects:read',
    'raw:read',
    'source-secrets:read',
    'datasets:write',
    'reports:write',
  ),
  'features/update-reference': duckdb('projects:read', 'datasets:write'),
  'features/historical-size': step('raw:read', 'datasets:read', 'catalog:read'),
  'features/historical': duckdb('raw:read', 'source-secrets:read', 'datasets:write', 'catalog:read'),
  // Notes in the catalog how far each shard has come.
  'features/materialize-plan': duckdb('raw:read', 'source-secrets:read', 'datasets:write', 'catalog:write'),
  'features/materialize-shard': duckdb('datasets:read', 'catalog:write', 'features:write'),
  'features/materialize-finish': step('datasets:read', 'catalog:write', 'events:publish', 'metrics:write'),

  'training/prepare': duckdb(
    'projects:read',
    'datasets:write',
    'reports:write',
    'jobs:write',
    'tracking:write',
    'registry:read',
    'events:publish',
  ),
  'training/stack': step('projects:read', 'artifacts:read', 'jobs:write', 'tracking:write'),
  'training/select': step('projects:read', 'artifacts:read', 'tracking:write', 'events:publish'),
  'training/gate': onnx('projects:read', 'artifacts:read', 'verdicts:write', 'tracking:write', 'events:publish'),
  // Writes the model's card, which tells of its data.
  'training/register': step(
    'projects:read',
    'datasets:read',
    'artifacts:read',
    'cards:write',
    'tracking:write',
    'registry:write',
    'events:publish',
  ),
  'training/prepare-reproduction': step(
    'projects:read',
    'artifacts:read',
    'jobs:write',
    'tracking:write',
    'events:publish',
  ),
  'training/compare-reproduction': step('artifacts:read', 'tracking:write', 'events:publish'),
  // Asked by S3 whenever a task has written how far it is.
  'training/progress': step('progress:read', 'tracking:write'),

  'deployment/plan': step('projects:read', 'deployments:read', 'registry:read'),
  'deployment/shift': step('deployments:write', 'registry:write', 'events:publish'),
  'deployment/judge': step('deployments:read', 'metrics:read'),
  'deployment/promote': step('deployments:write', 'registry:write', 'events:publish'),
  'deployment/rollback': step('deployments:write', 'registry:write', 'events:publish'),

  'serving/labels': query('projects:read', 'deployments:read', 'facts:read', 'ledger:read', 'labels:write'),
  // Asked once an hour: lines of the ledger become Parquet.
  'serving/compact': duckdb('ledger:read', 'predictions:write'),

  'serving/plan-scoring': step('projects:read', 'registry:read', 'artifacts:read', 'datasets:read', 'scores:write'),
  'serving/score-shard': scoring('artifacts:read', 'datasets:read', 'scores:write'),
  'serving/finish-scoring': duckdb('scores:write', 'dataset-index:write', 'events:publish'),

  'features/measure-views': duckdb(
    'projects:read',
    'catalog:write',
    'registry:read',
    'raw:read',
    'source-secrets:read',
    'datasets:read',
    'metrics:read',
    'metrics:write',
  ),
  'monitoring/collect': duckdb('projects:read', 'deployments:read', 'registry:read', 'ledger:read', 'datasets:write'),
  // Writes to projects when it last asked for a retraining.
  'monitoring/measure-drift': duckdb(
    'projects:write',
    'catalog:read',
    'registry:read',
    'artifacts:read',
    'datasets:read',
    'reports:write',
    'metrics:write',
  ),

  'features/api': api(
    'projects:read',
    'catalog:write',
    'features:write',
    'datasets:read',
    'pushed:write',
    'registry:read',
    'metrics:write',
    'feature-pipelines:start',
  ),
  // What Feast's clients ask for, in Feast's own dialect.
  'features/feast': api('catalog:write', 'features:write', 'pushed:write', 'metrics:write', 'feature-pipelines:start'),
  'tracking/api': search('tracking:write', 'artifacts:name'),
  // What the MLflow client asks for, in its own dialect.
  'tracking/mlflow': search('tracking:write', 'events:publish', 'artifacts:name'),
  'registry/api': api('registry:write', 'tracking:read', 'events:publish'),
  // Writes to tracking when it tags a logged model with the versions made from it.
  'registry/mlflow': api('registry:write', 'tracking:write', 'events:publish', 'artifacts:name'),
  // The load balancer asks it too, without the authorizer in between: it looks at keys itself.
  'artifacts/mlflow': files('artifacts:manage', 'tracking:read', 'registry:read', 'identity:read', 'admin-key:read'),
  // Its first page asks a browser for a key, which the authorizer cannot.
  'ui/mlflow': search('tracking:read', 'registry:read', 'artifacts:name', 'identity:read', 'admin-key:read'),
  'deployment/api': api('projects:read', 'deployments:write', 'registry:write', 'deployment:start', 'events:publish'),
  'lineage/api': api(
    'projects:read',
    'catalog:read',
    'tracking:read',
    'registry:read',
    'deployments:read',
    'datasets:read',
    'reports:read',
  ),
  'datasets/api': api('datasets:read'),
  'monitoring/api': api('projects:read', 'reports:read'),
  'validation/api': api('projects:read', 'reports:read'),
  // Reads other capabilities' tables only to answer whether they are well.
  'pipelines/api': api(
    'projects:write',
    'catalog:write',
    'raw:write',
    'pipelines:start',
    'pipelines:read',
    'schedules:write',
    'tracking:read',
    'registry:read',
    'deployments:read',
    // How far a scoring is.
    'scores:read',
  ),
  'pipelines/record-run': api('projects:write', 'tracking:write', 'pipelines:name', 'events:publish', 'alerts:publish'),
  'identity/api': api('identity:write'),
  'identity/authorizer': api('identity:read', 'admin-key:read'),
} as const satisfies Record<string, Door>;
export type DoorName = keyof typeof doors;

/** Doors that the load balancer asks too: past the limits of the API, and before anybody looked at the key. */
export const balancedDoors: ReadonlySet<DoorName> = new Set(['artifacts/mlflow', 'ui/mlflow']);
export const doorNames = Object.keys(doors) as DoorName[];

/** Construct id of a door. @example doorId('features/build-features') // 'FeaturesBuildFeatures' */
export const doorId = (name: DoorName): string =>
  name
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
