import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyDefinitions } from '#core/features/index.ts';
import { catalogWorld, projectVersion } from './_world.ts';

const request = { name: 'user_features', entity: 'user', features: ['total', { name: 'is_premium', type: 'boolean' }] };

describe('defineFeatures', () => {
  it('defines the view and its entity, with what is left out', async () => {
    const { define, catalog } = catalogWorld();
    const view = await define({ ...request, tags: { team: 'growth' } });
    expect(view).toMatchObject({
      kind: 'view',
      project: 'default',
      name: 'user_features',
      version: 1,
      createdBy: 'ann',
      entities: [{ name: 'user', joinKey: 'user_id', type: 'string' }],
      view: {
        features: [
          { name: 'total', type: 'number' },
          { name: 'is_premium', type: 'boolean' },
        ],
        ttlDays: 90,
        online: true,
        tags: { team: 'growth' },
      },
    });
    expect(view).not.toHaveProperty('projectVersion');
    expect(await catalog.latest('default', 'view', 'user_features')).toEqual(view);
    expect(await catalog.latest('default', 'entity', 'user')).toMatchObject({ version: 1 });
  });

  it('takes composite keys, and a ttl of zero for ever', async () => {
    const { define } = catalogWorld();
    const joinKeys = { user: 'uid' };
    const view = await define({ ...request, entity: ['user', 'merchant'], joinKeys, ttlDays: 0 });
    expect(view.entities.map(({ joinKey }) => joinKey)).toEqual(['uid', 'merchant_id']);
    expect(view.view.ttlDays).toBe(0);
  });

  it('makes the next version of what changed, and none of the same', async () => {
    const { define, catalog } = catalogWorld();
    await define(request);
    expect((await define(request)).version).toBe(1);
    expect((await define({ ...request, ttlDays: 30 })).version).toBe(2);
    expect((await define(request)).version).toBe(3);
    const first = await catalog.version({ project: 'default', kind: 'view', name: 'user_features' }, 1);
    expect(first).toMatchObject({ view: { ttlDays: 90 } });
  });

  it('numbers versions without gaps, one for each change, whoever comes when', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
        async (rounds) => {
          const { define, catalog } = catalogWorld();
          const of = { project: 'default', kind: 'view', name: 'user_features' } as const;
          for (const together of rounds) {
            const before = (await catalog.latest('default', 'view', of.name))?.version ?? 0;
            const defined = await Promise.all(together.map((ttlDays) => define({ ...request, ttlDays })));
            expect(defined.map((one) => one.view.ttlDays)).toEqual(together);
            const numbers = new Set(defined.map(({ version }) => version).filter((version) => version > before));
            const after = (await catalog.latest('default', 'view', of.name))?.version ?? 0;
            for (let number = before + 1; number <= after; number++) expect(numbers.has(number)).toBe(true);
          }
          const { items } = await catalog.versions(of, { maxResults: 1_000 });
          expect(items.map(({ version }) => version)).toEqual(items.map((_, i) => items.length - i));
          const repeated = items.slice(1).filter((one, i) => one.contentSha256 === items[i]?.contentSha256);
          expect(repeated).toEqual([]);
        },
      ),
    ));

  it('refuses an entity that says another join key, and takes the one that is known', async () => {
    const { define } = catalogWorld();
    await define({ ...request, joinKeys: { user: 'uid' } });
    const other = { ...request, name: 'other', features: ['a'] };
    await expect(define({ ...other, joinKeys: { user: 'user_no' } })).rejects.toMatchObject({
      code: 'DEFINITION_CONFLICT',
      details: { joinKey: 'uid', given: 'user_no' },
    });
    expect((await define(other)).entities).toMatchObject([{ joinKey: 'uid' }]);
  });

  it('leaves views of a project file to the file', async () => {
    const world = catalogWorld();
    const applied = projectVersion();
    await world.projects.save(applied);
    await applyDefinitions(world, applied);
    const usage = { project: 'churn', name: 'usage', entity: 'customer', features: ['calls'] };
    expect(await world.define(usage)).toMatchObject({ version: 1, projectVersion: 1 });
    await expect(world.define({ ...usage, features: ['calls', 'minutes'] })).rejects.toMatchObject({
      code: 'DEFINITION_OWNED_BY_PROJECT',
    });
    expect(await world.define({ ...usage, name: 'more', features: ['minutes'] })).toMatchObject({ version: 1 });
    // Asked for by its name, the project's service would be the view from then on.
    await expect(world.define({ ...usage, name: 'churn' })).rejects.toMatchObject({
      code: 'DEFINITION_CONFLICT',
      message: expect.stringContaining('feature service'),
    });
  });

  it.each([
    ['a feature twice', { features: ['a', 'A'] }, 'another feature'],
    ['a feature named as the key', { features: ['user_id'] }, 'the join key'],
    ['a feature named as a time', { features: ['event_timestamp'] }, 'platform adds'],
    ['bounds that exclude all', { features: [{ name: 'a', type: 'number', minimum: 2, maximum: 1 }] }, 'minimum'],
    ['values of another type', { features: [{ name: 'a', type: 'string', values: [1] }] }, 'values.0'],
    ['bounds of text', { features: [{ name: 'a', type: 'string', maximum: 1 }] }, 'no order'],
    ['a join key of a stranger', { joinKeys: { merchant: 'm' } }, 'no entity of the view'],
    ['one join key for two', { entity: ['user', 'shop'], joinKeys: { shop: 'user_id' } }, 'two entities'],
  ])('refuses %s', async (_, wrong, hint) => {
    const { define, catalog } = catalogWorld();
    await expect(define({ ...request, ...wrong })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining(hint),
    });
    expect((await catalog.list({}, { maxResults: 10 })).items).toEqual([]);
  });
});
