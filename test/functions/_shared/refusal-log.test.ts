import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { labelRoutes } from '#contracts/ledger.ts';
import { type MlflowRoutes, required } from '#contracts/mlflow/wire.ts';
import { requireRow } from '#core/features/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { callOn } from './_event.ts';
import { mlflowCallOn } from './_mlflow.ts';

const { httpApi } = await import('../../../functions/_shared/http.ts');
const { mlflowApi } = await import('../../../functions/_shared/mlflow-http.ts');
const { logger } = await import('../../../functions/_shared/logger.ts');

const PERSON = 'ann.smith@example.com';

let refuse: () => void;
const call = callOn(
  httpApi(labelRoutes, {
    postLabels: async ({ body }) => {
      refuse();
      return { accepted: body.labels.length, model: body.model };
    },
    getLabelCoverage: async () => {
      throw new Error('nobody asks');
    },
  }),
);
const post = (labels: readonly object[]) => call({ route: 'POST /labels', body: { model: 'churn', labels } });
const mlflowRoutes = {
  tag: { methods: ['POST'], path: '/api/2.0/mlflow/tag', role: 'scientist', request: { key: required } },
} as const satisfies MlflowRoutes;
const tag = mlflowCallOn(mlflowApi(mlflowRoutes, { tag: async () => ({}) }));

let info: jest.SpiedFunction<typeof logger.info>;
beforeEach(() => {
  refuse = () => {};
  info = jest.spyOn(logger, 'info').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('the log of a refusal', () => {
  it('names the field of a body that does not fit and not what stood there, which the caller is told', async () => {
    const { status, body } = await post([{ entity_id: PERSON, time: PERSON, label: 'yes' }]);
    expect([status, body.error?.message]).toEqual([400, expect.stringContaining(PERSON)]);
    expect(info.mock.calls).toEqual([['refused', { code: 'INVALID_REQUEST', fields: ['body.labels.0.time'] }]]);
  });

  it('names no field that the caller made up, and none at any length', async () => {
    refuse = () => {
      throw new PlatformError('FIELD_UNKNOWN', `${PERSON} is no column`, { field: PERSON, fields: [PERSON] });
    };
    await post([{ prediction_id: 'p', label: 1 }]);
    refuse = () => {
      throw new PlatformError('FIELD_TYPE_WRONG', 'wrong', { field: 'x'.repeat(1_000) });
    };
    await post([{ prediction_id: 'p', label: 1 }]);
    expect(info.mock.calls).toEqual([
      ['refused', { code: 'FIELD_UNKNOWN' }],
      ['refused', { code: 'FIELD_TYPE_WRONG', fields: ['x'.repeat(128)] }],
    ]);
  });

  it('names field and row that a capability refused', async () => {
    refuse = () => requireRow([{ name: 'age', type: 'integer' }], { age: PERSON });
    expect((await post([{ prediction_id: 'p', label: 1 }])).body.error?.message).toContain(PERSON);
    refuse = () => {
      throw new PlatformError('FIELD_MISSING', `row 3: ${PERSON} lacks age`, { field: 'age', row: 3, key: PERSON });
    };
    await post([{ prediction_id: 'p', label: 1 }]);
    expect(info.mock.calls).toEqual([
      ['refused', { code: 'FIELD_TYPE_WRONG', fields: ['age'] }],
      ['refused', { code: 'FIELD_MISSING', fields: ['age'], row: 3 }],
    ]);
  });

  it('names the code alone where nothing says where', async () => {
    refuse = () => {
      throw new PlatformError('ENTITY_NOT_FOUND', `nobody stored ${PERSON}`, {
        entity: PERSON,
        problems: [PERSON, null],
      });
    };
    expect((await post([{ prediction_id: 'p', label: 1 }])).status).toBe(404);
    expect(info.mock.calls).toEqual([['refused', { code: 'ENTITY_NOT_FOUND' }]]);
  });

  it('names the parameter of a call in MLflow’s dialect', async () => {
    const { status, body } = await tag('POST /api/2.0/mlflow/tag', { body: { key: { mail: PERSON } } });
    expect([status, body.message]).toEqual([400, expect.stringContaining(PERSON)]);
    expect(info.mock.calls).toEqual([['refused', { code: 'INVALID_REQUEST', fields: ['key'] }]]);
  });
});
