import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { resolveFeatures } from '#core/features/index.ts';
import { someOnDemandView, someService, someView } from '#test/helpers/some-definitions.ts';

const catalog = memoryFeatureCatalog();
const resolve = (request: Parameters<typeof resolveFeatures>[1]) => resolveFeatures(catalog, request);
const names = async (request: Parameters<typeof resolveFeatures>[1]) =>
  (await resolve(request)).order.map(({ view, feature }) => `${view}:${feature}`);

beforeAll(async () => {
  await catalog.save(someView('usage', ['calls', 'minutes']));
  await catalog.save(someView('usage__daily', ['calls__max', 'x']));
  await catalog.save(someView('billing', ['charges', 'late']));
  await catalog.save(
    someOnDemandView('ratios', {
      sql: { per_call: 'charges / calls', doubled: 'per_call * 2' },
      inputs: [
        { view: 'billing', feature: 'charges' },
        { view: 'usage', feature: 'calls' },
      ],
    }),
  );
  await catalog.save(someService('churn', ['usage', { view: 'ratios', features: ['doubled'] }]));
  await catalog.save(someView('usage', ['clicks'], { project: 'ads' }));
  await catalog.save(someView('impressions', ['seen'], { project: 'ads' }));
});

describe('resolveFeatures', () => {
  it('reads a feature by either mark, and a view or a service alone', async () => {
    expect(await names({ project: 'churn', features: ['usage:calls'] })).toEqual(['usage:calls']);
    expect(await names({ project: 'churn', features: ['usage__calls'] })).toEqual(['usage:calls']);
    expect(await names({ project: 'churn', features: ['billing'] })).toEqual(['billing:charges', 'billing:late']);
    const service = ['usage:calls', 'usage:minutes', 'ratios:doubled'];
    expect(await names({ project: 'churn', features: ['churn'] })).toEqual(service);
    expect(await names({ project: 'churn', featureService: 'churn' })).toEqual(service);
  });

  it('reads underscores that belong to a name', async () => {
    expect(await names({ project: 'churn', features: ['usage__daily'] })).toEqual([
      'usage__daily:calls__max',
      'usage__daily:x',
    ]);
    expect(await names({ project: 'churn', features: ['usage__daily:calls__max'] })).toEqual([
      'usage__daily:calls__max',
    ]);
  });

  it('reads what on-demand features are computed from, and does not answer it', async () => {
    const { views, onDemand, order } = await resolve({ project: 'churn', features: ['ratios:per_call'] });
    expect(order).toEqual([{ view: 'ratios', feature: 'per_call' }]);
    expect(onDemand.map(({ features }) => features.map(({ name }) => name))).toEqual([['per_call']]);
    expect(views.map(({ version, features }) => [version.name, features.map(({ name }) => name)])).toEqual([
      ['billing', ['charges']],
      ['usage', ['calls']],
    ]);
  });

  it('finds the project where only one can be meant', async () => {
    expect((await resolve({ features: ['impressions'] })).project).toBe('ads');
    expect((await resolve({ featureService: 'churn' })).project).toBe('churn');
    expect((await resolve({ features: ['usage', 'billing:late'] })).project).toBe('churn');
    const ambiguous = { code: 'VIEW_AMBIGUOUS', details: { projects: ['ads', 'churn'] } };
    await expect(resolve({ features: ['usage'] })).rejects.toMatchObject(ambiguous);
    await expect(resolve({ features: ['impressions', 'billing'] })).rejects.toMatchObject(ambiguous);
  });

  it('says what is unknown, and what was probably meant', async () => {
    const refused = (code: string, hint: string) => ({ code, message: expect.stringContaining(hint) });
    await expect(resolve({ project: 'churn', features: ['usag:calls'] })).rejects.toMatchObject(
      refused('VIEW_NOT_FOUND', 'did you mean "usage"'),
    );
    await expect(resolve({ features: ['bilingg'] })).rejects.toMatchObject(
      refused('VIEW_NOT_FOUND', 'did you mean "billing"'),
    );
    await expect(resolve({ project: 'churn', features: ['usage:cals'] })).rejects.toMatchObject(
      refused('FEATURE_NOT_FOUND', 'did you mean "calls"'),
    );
    await expect(resolve({ project: 'churn', featureService: 'chrun' })).rejects.toMatchObject(
      refused('SERVICE_NOT_FOUND', 'did you mean "churn"'),
    );
    await expect(resolve({ featureService: 'nobody' })).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
  });

  it('answers each feature once, in the order of asking, and reads exactly those', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('usage:calls', 'usage:minutes', 'billing:late', 'billing:charges'), { minLength: 1 }),
        async (features) => {
          const { order, views } = await resolve({ project: 'churn', features });
          expect(order.map(({ view, feature }) => `${view}:${feature}`)).toEqual([...new Set(features)]);
          const read = views.flatMap(({ version, features: some }) =>
            some.map(({ name }) => `${version.name}:${name}`),
          );
          expect(read.sort()).toEqual([...new Set(features)].sort());
        },
      ),
    ));
});
