import { describe, expect, it } from '@jest/globals';
import { buildFeatures, ingest, trainedFeatures, trainedParts } from '#core/features/index.ts';
import { filledWorld, shopFiles, shopProject, step } from '../data-world.ts';

const buying = {
  name: 'basket',
  requestFields: [
    { name: 'basket_total', type: 'number' },
    { name: 'at', type: 'timestamp' },
  ],
  features: [
    { name: 'basket_ratio', type: 'number', sql: 'basket_total / mean_amount' },
    { name: 'is_night', type: 'boolean', sql: 'hour(at) < 6' },
    { name: 'city_hour', type: 'string', sql: "city || ' ' || CAST(hour(at) AS VARCHAR)" },
    { name: 'next', type: 'timestamp', sql: 'CASE WHEN is_night THEN at END' },
  ],
};
const sql = `SELECT customer_id, age, upper(city) AS city, total / orders AS mean_amount, age > 40 AS is_older,
  15 AS basket_total, TIMESTAMP '2026-03-01 05:30:00.5' AS at, left_us FROM dataset`;

const built = async (views: readonly object[], text = sql) => {
  const world = await filledWorld(shopProject({ onDemandViews: views }), { ...shopFiles, 'features.sql': text });
  const { datasetId, projectVersion, end } = await ingest(world.deps, step);
  const made = await buildFeatures(world.deps, { project: 'shop', projectVersion, datasetId, end });
  return { made, rows: await world.rows(made) };
};

describe('on-demand features that models are trained on', () => {
  it('stand in the features data set, as models take them', async () => {
    const { made, rows } = await built([buying]);
    expect(made.columns.slice(-5).map(({ name, type }) => `${name} ${type}`)).toEqual([
      'left_us DOUBLE',
      'basket_ratio DOUBLE',
      'is_night DOUBLE',
      'city_hour VARCHAR',
      'next DOUBLE',
    ]);
    const computed = rows.map((row) => [row.customer_id, row.basket_ratio, row.is_night, row.city_hour, row.next]);
    expect(computed).toEqual([
      ['002', null, 1, null, 1772343000.5],
      ['007', 2, 1, 'BERN 5', 1772343000.5],
      ['010', 0.3, 1, 'OSLO 5', 1772343000.5],
    ]);
    expect(trainedFeatures(shopProject({ onDemandViews: [buying] })).map(({ name }) => name)).toEqual([
      ...['age', 'city', 'mean_amount', 'is_older'],
      ...['basket_ratio', 'is_night', 'city_hour', 'next'],
    ]);
  });

  it('need the request fields from the features SQL, unless the view is not for training', async () => {
    const asked = built([buying], shopFiles['features.sql']);
    await expect(asked).rejects.toMatchObject({ code: 'COLUMN_MISSING', details: { column: 'basket_total' } });
    const { made } = await built([{ ...buying, training: false }], shopFiles['features.sql']);
    expect(made.columns.at(-1)?.name).toBe('left_us');
  });

  it('change the data set when an expression changes, and nothing without them', async () => {
    const ids = [];
    for (const views of [[buying], [{ ...buying, features: [{ ...buying.features[0], sql: 'basket_total' }] }]])
      ids.push((await built(views)).made.datasetId);
    expect(ids[0]).not.toBe(ids[1]);
    expect(trainedParts(shopProject())).toBe(undefined);
  });
});
