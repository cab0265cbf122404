import type { Dialect, Rows } from './served.ts';

const both = (dialect: Dialect) => ({ one: dialect, many: dialect });

/** FastAPI's, and LitServe's. */
export const rowsAndScores = both({
  path: '/predict',
  body: (rows) => ({ rows }),
  scores: (reply) => (reply as { scores: number[] }).scores,
});

export const bentoMl = both({ path: '/predict', body: (rows) => ({ rows }), scores: (reply) => reply as number[] });

const tensor = (rows: Rows) => ({
  inputs: [{ name: 'input', shape: [rows.length, rows[0]?.length ?? 0], datatype: 'FP32', data: rows.flat() }],
});

/** Open Inference Protocol v2 with a tensor of probabilities of the positive class. */
export const mlServer = both({
  path: '/v2/models/bench/infer',
  body: tensor,
  scores: (reply) => (reply as { outputs: { data: number[] }[] }).outputs[0]?.data ?? [],
});

export const mlflowServe = both({
  path: '/invocations',
  body: (rows) => ({ inputs: rows }),
  scores: (reply) =>
    (reply as { predictions: { probabilities: number[][] } }).predictions.probabilities.map(
      (row) => row[1] ?? Number.NaN,
    ),
});
