import { describe, expect, it } from '@jest/globals';
import { projectRules } from '#core/pipelines/project-rules.ts';
import { projectVersion } from '#test/core/features/catalog/_world.ts';

const usage = { name: 'usage', entity: 'customer', features: [{ name: 'calls', type: 'number' }] };
const entities = [
  { name: 'customer', joinKey: 'customer_id' },
  { name: 'shop', joinKey: 'shop_id' },
  { name: 'branch', joinKey: 'shop_id' },
];
const sources = { customers: { path: 'customers.csv' }, visits: { path: 'visits.csv', timestamp: 'at' } };
const onDemand = (given: Record<string, unknown>) => ({
  onDemandViews: [{ name: 'ratios', features: [{ name: 'half', type: 'number', sql: 'calls / 2' }], ...given }],
});

/** Path and message of everything that does not fit. */
const misfits = (given: Record<string, unknown>): string[] => {
  const { project } = projectVersion({ entities, sources, featureViews: [usage], ...given });
  return projectRules.flatMap((rule) => rule(project)).map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('rules of feature definitions', () => {
  it('takes views with sources, composite keys, on-demand features and services that fit together', () => {
    const visits = { name: 'visits', entity: ['customer', 'shop'], source: 'visits', ttlDays: 0 };
    const featureViews = [usage, { ...visits, features: [{ name: 'spent', type: 'number', minimum: 0 }] }];
    const featureServices = [{ name: 'both', views: ['usage', { view: 'ratios', features: ['half'] }] }];
    const requestFields = [{ name: 'amount', type: 'integer' }];
    const features = [
      { name: 'half', type: 'number', sql: 'calls / 2' },
      { name: 'more', type: 'number', sql: 'half + spent + amount' },
    ];
    expect(misfits({ featureViews, featureServices, ...onDemand({ requestFields, features }) })).toEqual([]);
  });

  it.each([
    [
      'no such source',
      { featureViews: [{ ...usage, source: 'nowhere' }] },
      'featureViews.0.source: no source "nowhere"',
    ],
    ['a source without a time', { featureViews: [{ ...usage, source: 'customers' }] }, 'featureViews.0.source: source'],
    [
      'an entity twice',
      {
        featureViews: [
          usage,
          { ...usage, name: 'u2', features: [{ name: 'b', type: 'number' }], entity: ['shop', 'shop'] },
        ],
      },
      'featureViews.1.entity: entity "shop" is there twice',
    ],
    [
      'one join key for two',
      {
        featureViews: [
          usage,
          { ...usage, name: 'u2', features: [{ name: 'b', type: 'number' }], entity: ['shop', 'branch'] },
        ],
      },
      'featureViews.1.entity: two of its entities',
    ],
    [
      'nothing to train on',
      { featureViews: [{ ...usage, entity: 'shop' }] },
      'featureViews: no view is of entity "customer"',
    ],
    [
      'a view named as the project',
      { featureViews: [{ ...usage, name: 'churn' }] },
      'featureViews.0.name: "churn" is the name',
    ],
    [
      'a service named as a view',
      { featureServices: [{ name: 'usage', views: ['usage'] }] },
      'featureServices.0.name: "usage" is the name of a feature view',
    ],
    [
      'a service of no view',
      { featureServices: [{ name: 'all', views: ['usag'] }] },
      'featureServices.0.views.0: no view "usag"',
    ],
    [
      'a service of no feature',
      { featureServices: [{ name: 'all', views: [{ view: 'usage', features: ['cals'] }] }] },
      'featureServices.0.views.0.features.0: view "usage" has no feature "cals"',
    ],
    [
      'bounds that exclude all',
      { featureViews: [{ ...usage, features: [{ name: 'a', type: 'number', minimum: 2, maximum: 1 }] }] },
      'featureViews.0.features.0.minimum: 2 is above maximum 1',
    ],
    [
      'values of another type',
      { featureViews: [{ ...usage, features: [{ name: 'a', type: 'integer', values: [1, 1.5] }] }] },
      'featureViews.0.features.0.values.1: 1.5 is no integer',
    ],
    [
      'a value out of bounds',
      { featureViews: [{ ...usage, features: [{ name: 'a', type: 'number', maximum: 1, values: [2] }] }] },
      'featureViews.0.features.0.values.0: 2 is outside',
    ],
    [
      'a feature named as a time',
      { featureViews: [{ ...usage, features: [{ name: 'created_timestamp', type: 'number' }] }] },
      'featureViews.0.features.0.name: "created_timestamp"',
    ],
    [
      'an expression that does not read',
      onDemand({ features: [{ name: 'half', type: 'number', sql: 'calls /' }] }),
      'onDemandViews.0.features.0.sql: ',
    ],
    [
      'an expression of an unknown name',
      onDemand({ features: [{ name: 'half', type: 'number', sql: 'cals / 2' }] }),
      'found the name "cals"; names are calls',
    ],
    [
      'an expression of another type',
      onDemand({ features: [{ name: 'half', type: 'boolean', sql: 'calls / 2' }] }),
      'gives a number, but the feature is declared a boolean',
    ],
    [
      'a feature computed from a later one',
      onDemand({
        features: [
          { name: 'a', type: 'number', sql: 'b + 1' },
          { name: 'b', type: 'number', sql: '1.5' },
        ],
      }),
      'onDemandViews.0.features.0.sql: ',
    ],
    [
      'a request field that is a feature',
      onDemand({ requestFields: [{ name: 'calls', type: 'number' }] }),
      'onDemandViews.0.requestFields.0.name: "calls" is a feature of view "usage"',
    ],
    [
      'an on-demand feature that is stored',
      onDemand({ features: [{ name: 'calls', type: 'number', sql: '1.0' }] }),
      'onDemandViews.0.features.0.name: "calls" is a feature of view "usage"',
    ],
    [
      'an on-demand feature named as a key',
      onDemand({ features: [{ name: 'shop_id', type: 'number', sql: '1.0' }] }),
      'onDemandViews.0.features.0.name: "shop_id" is the join key',
    ],
  ])('refuses %s', (_, given, expected) => {
    expect(misfits(given).join('\n')).toContain(expected);
  });

  it('lets on-demand views share a request field of one type, and of one type only', () => {
    const view = (name: string, type: string) => ({
      name,
      requestFields: [{ name: 'amount', type }],
      features: [{ name: `${name}_x`, type: 'number', sql: 'calls' }],
    });
    expect(misfits({ onDemandViews: [view('one', 'number'), view('two', 'number')] })).toEqual([]);
    expect(misfits({ onDemandViews: [view('one', 'number'), view('two', 'string')] })).toHaveLength(1);
  });
});
