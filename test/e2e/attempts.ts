import type { DoorName } from '#infra/doors.ts';
import {
  becomeRole,
  beginUpload,
  type Call,
  deleteItem,
  deleteObject,
  getItem,
  publishEvent,
  putItem,
  query,
  readAdminKey,
  readMetrics,
  readObject,
  recordPrediction,
  replaceAdminKey,
  scan,
  sendAlert,
  startPipeline,
  writeMetrics,
  writeObject,
} from './calls.ts';
import { doorRole, taskRole } from './roles.ts';

/** A role with what it must be able to do (or its credentials are broken and prove nothing) and what it must not. */
export interface Attempts {
  readonly role: string;
  arn(): Promise<string>;
  readonly allowed: readonly Call[];
  readonly refused: readonly Call[];
}

const door = (name: DoorName, { allowed, refused }: Pick<Attempts, 'allowed' | 'refused'>): Attempts => ({
  role: name,
  arn: () => doorRole(name),
  allowed,
  refused,
});

const tasks: Attempts[] = [
  {
    role: 'training task',
    arn: () => taskRole('training'),
    allowed: [
      readObject('trainingSet'),
      readObject('job'),
      readObject('artifact'),
      writeObject('artifact'),
      writeObject('progress'),
    ],
    refused: [
      getItem('projects'),
      scan('registry'),
      putItem('tracking'),
      readAdminKey,
      writeObject('trainingSet'),
      readObject('raw'),
      readObject('features'),
      readObject('ledger'),
      deleteObject('artifact'),
      // What it is told to do, and what is said of it.
      writeObject('job'),
      writeObject('verdict'),
      recordPrediction,
      publishEvent,
      becomeRole('the role of the serving task', () => taskRole('serving')),
    ],
  },
  {
    role: 'serving task',
    arn: () => taskRole('serving'),
    allowed: [getItem('features'), query('deployments'), readObject('artifact'), recordPrediction, writeMetrics],
    refused: [
      putItem('deployments'),
      putItem('features'),
      scan('features'),
      query('tracking'),
      getItem('identity'),
      writeObject('artifact'),
      readObject('ledger'),
      readObject('raw'),
      readAdminKey,
      startPipeline('training'),
      readMetrics,
      // Uploads pass through it, with the rights of those who send them.
      beginUpload('artifact'),
      deleteObject('artifact'),
    ],
  },
];

const dataSteps = [
  door('features/ingest', {
    allowed: [readObject('raw'), writeObject('ingested')],
    refused: [writeObject('raw'), readObject('artifact'), putItem('features'), putItem('projects')],
  }),
  door('validation/validate', {
    allowed: [readObject('ingested'), writeObject('report')],
    refused: [writeObject('artifact'), writeObject('ingested'), readObject('raw'), putItem('features')],
  }),
  door('features/materialize-shard', {
    allowed: [readObject('features'), putItem('features'), putItem('catalog')],
    refused: [query('tracking'), deleteItem('features'), writeObject('features'), readObject('raw')],
  }),
  door('features/materialize-finish', {
    allowed: [putItem('catalog'), writeMetrics],
    refused: [putItem('features'), writeObject('features'), readObject('raw')],
  }),
];

const modelSteps = [
  door('training/prepare', {
    allowed: [writeObject('job'), writeObject('trainingSet'), getItem('registry')],
    refused: [readObject('artifact'), writeObject('artifact'), writeObject('verdict'), putItem('registry')],
  }),
  door('training/stack', {
    allowed: [writeObject('job'), readObject('artifact')],
    refused: [writeObject('artifact'), writeObject('verdict'), getItem('registry'), publishEvent],
  }),
  door('training/gate', {
    allowed: [putItem('tracking'), readObject('artifact'), writeObject('verdict')],
    refused: [
      writeObject('artifact'),
      writeObject('job'),
      putItem('registry'),
      getItem('registry'),
      putItem('deployments'),
      startPipeline('training'),
    ],
  }),
  door('training/register', {
    // Writes the model's card.
    allowed: [putItem('registry'), readObject('artifact'), readObject('verdict'), writeObject('card')],
    refused: [
      writeObject('artifact'),
      writeObject('verdict'),
      deleteObject('artifact'),
      putItem('deployments'),
      deleteItem('registry'),
    ],
  }),
  door('training/progress', {
    allowed: [putItem('tracking'), readObject('progress')],
    refused: [readObject('artifact'), writeObject('progress'), putItem('registry'), getItem('projects'), publishEvent],
  }),
  door('training/compare-reproduction', {
    allowed: [putItem('tracking'), readObject('artifact')],
    refused: [writeObject('artifact'), getItem('projects'), putItem('registry')],
  }),
  door('serving/plan-scoring', {
    allowed: [getItem('registry'), getItem('projects'), readObject('artifact'), writeObject('scores')],
    refused: [writeObject('features'), writeObject('artifact'), putItem('registry'), readObject('raw'), publishEvent],
  }),
  door('serving/score-shard', {
    allowed: [readObject('features'), readObject('artifact'), writeObject('scores')],
    refused: [writeObject('features'), writeObject('artifact'), getItem('registry'), readObject('raw'), publishEvent],
  }),
  door('serving/finish-scoring', {
    allowed: [writeObject('scores'), publishEvent],
    refused: [writeObject('features'), readObject('features'), readObject('artifact'), getItem('projects')],
  }),
  door('deployment/judge', {
    allowed: [getItem('deployments'), readMetrics],
    refused: [putItem('deployments'), writeMetrics, getItem('registry')],
  }),
];

const apis = [
  door('identity/authorizer', {
    allowed: [getItem('identity'), readAdminKey],
    refused: [putItem('identity'), replaceAdminKey, getItem('projects'), scan('identity')],
  }),
  door('identity/api', {
    allowed: [putItem('identity')],
    refused: [readAdminKey, getItem('projects'), deleteItem('identity')],
  }),
  door('tracking/api', {
    allowed: [putItem('tracking')],
    refused: [readObject('artifact'), putItem('registry'), startPipeline('training')],
  }),
  door('deployment/api', {
    allowed: [putItem('deployments'), putItem('registry')],
    refused: [startPipeline('data'), query('tracking'), putItem('projects')],
  }),
  door('monitoring/api', {
    allowed: [readObject('report'), getItem('projects')],
    refused: [deleteObject('report'), writeObject('report'), readObject('ledger'), getItem('identity')],
  }),
  door('pipelines/api', {
    allowed: [getItem('projects'), writeObject('raw')],
    refused: [putItem('registry'), readObject('artifact'), getItem('identity'), sendAlert],
  }),
];

const mlflowDoors = [
  door('tracking/mlflow', {
    allowed: [putItem('tracking'), publishEvent],
    refused: [getItem('registry'), readObject('artifact'), getItem('identity'), readAdminKey, scan('tracking')],
  }),
  door('registry/mlflow', {
    allowed: [putItem('registry'), putItem('tracking')],
    refused: [deleteItem('registry'), readObject('artifact'), putItem('deployments'), startPipeline('deployment')],
  }),
  door('artifacts/mlflow', {
    allowed: [
      writeObject('artifact'),
      readObject('artifact'),
      beginUpload('artifact'),
      readAdminKey,
      getItem('identity'),
      getItem('tracking'),
    ],
    refused: [
      putItem('tracking'),
      putItem('registry'),
      putItem('identity'),
      writeObject('report'),
      deleteObject('raw'),
    ],
  }),
  door('ui/mlflow', {
    allowed: [getItem('tracking'), getItem('registry'), readAdminKey],
    refused: [putItem('tracking'), putItem('registry'), readObject('artifact'), replaceAdminKey, putItem('identity')],
  }),
];

/** Every attempt, by role. */
export const allAttempts: readonly Attempts[] = [...tasks, ...dataSteps, ...modelSteps, ...apis, ...mlflowDoors];
