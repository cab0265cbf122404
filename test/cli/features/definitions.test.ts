import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OnDemandView } from '#contracts/feature-views.ts';
import { DefineFeatures, type DefinitionKind } from '#contracts/features.ts';
import {
  applyDefinitions,
  defineFeatures,
  describeDefinition,
  listDefinitions,
  listVersions,
} from '#core/features/index.ts';
import { catalogWorld, projectVersion } from '#test/core/features/catalog/_world.ts';
import { program } from '../../../cli/program.ts';

let world: ReturnType<typeof catalogWorld>;
let printed: string[];

/** The platform's routes of definitions, over the verbs that stand behind them. */
const answer = (request: string, init: RequestInit): Promise<unknown> => {
  const { pathname, searchParams } = new URL(request);
  const query = Object.fromEntries(searchParams);
  const maxResults = Number(query.maxResults ?? 100);
  const [, , , kind = '', name = '', versions] = pathname.split('/');
  const of = { kind: kind as DefinitionKind, name, project: query.project };
  const version = query.version === undefined ? undefined : Number(query.version);
  if (init.method === 'POST')
    return defineFeatures(world, { request: DefineFeatures.parse(JSON.parse(String(init.body))), by: 'ann' });
  if (kind === '') return listDefinitions(world.catalog, { ...query, maxResults });
  return versions ? listVersions(world, of, { maxResults }) : describeDefinition(world, { ...of, version });
};

const mlp = async (...words: string[]): Promise<string> => {
  printed = [];
  await program().parseAsync(['node', 'mlp', 'features', ...words]);
  return printed.join('\n');
};

let folder: string;
const file = (text: string): string => {
  const path = join(folder, 'view.yaml');
  writeFileSync(path, text);
  return path;
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'features-'));
  world = catalogWorld();
  const version = projectVersion();
  await world.projects.save(version);
  await applyDefinitions(world, version);
  Object.assign(process.env, { MLP_API_URL: 'http://platform.test', MLP_API_KEY: 'key' });
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async (request, init) => Response.json(await answer(String(request), init ?? {})));
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.MLP_API_URL;
  delete process.env.MLP_API_KEY;
  rmSync(folder, { recursive: true });
});

const view = `name: user_features
entity: user
ttlDays: 0
owner: risk
tags: { team: risk }
features: [total, { name: plan, type: string, required: true, values: [basic, plus] }]
`;

describe('mlp features', () => {
  it('defines a view from a file, and tells its version', async () => {
    expect(await mlp('define', file(view))).toBe('view user_features of default, version 1');
    expect(await mlp('define', file(view))).toBe('view user_features of default, version 1');
    expect(await mlp('define', file(view.replace('ttlDays: 0', 'ttlDays: 7')))).toContain('version 2');
  });

  it('says what a file lacks, without asking the platform', async () => {
    await expect(mlp('define', file('name: user_features\nfeatures: [a]\n'))).rejects.toThrow('entity');
    await expect(mlp('define', file('name: [\n'))).rejects.toThrow(/view\.yaml:\d+:\d+/);
    await expect(mlp('define', join(folder, 'none.yaml'))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(/none\.yaml: there is no such file/),
    });
    await expect(mlp('define', file(view.replace('type: string', 'type: strng')))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(
        /view\.yaml:6:\d+: features\.1\.type must be one of number, integer, boolean, string, timestamp, got "strng"; did you mean "string"/,
      ),
    });
    expect(globalThis.fetch).not.toHaveBeenCalled();
  });

  it('lists by kind and finds by words', async () => {
    await mlp('define', file(view));
    const listed = await mlp('list', '--kind', 'view');
    expect(listed).toMatch(/churn +view +usage +1 +calls/);
    expect(listed).toMatch(/default +view +user_features +1 +risk +total plan/);
    expect(await mlp('search', 'PLAN', 'risk')).not.toContain('usage');
    expect(await mlp('search', 'nowhere')).toBe('nothing fits');
    expect(JSON.parse(await mlp('list', '--project', 'churn', '--json'))).toHaveLength(3);
  });

  it('shows what a view holds, who uses it, and how well it is', async () => {
    await mlp('define', file(view));
    const health = { project: 'default', view: 'user_features', version: 1, driftedFeatures: ['total'] };
    const measuredAt = '2026-03-01T00:00:00.000Z';
    await world.health.save({
      ...health,
      availability: 0.5,
      freshnessSeconds: 60,
      nullShare: { plan: 0.25 },
      measuredAt,
    });
    const shown = await mlp('show', 'view', 'user_features');
    expect(shown).toContain('view user_features of default, version 1 of 1');
    expect(shown).toContain('ttl: for ever');
    expect(shown).toContain('join keys: user_id');
    expect(shown).toMatch(/plan +string +required, one of basic, plus/);
    expect(shown).toContain('services: none');
    expect(shown).toContain('50.0 % of look-ups found a value; drifted: total; missing: plan 25.0 %');
    expect(await mlp('show', 'service', 'churn')).toContain('  usage');
    expect(await mlp('show', 'entity', 'customer')).toContain('join key: customer_id (string)');
  });

  it('tells the database that a view comes from', async () => {
    const database = { kind: 'postgres', secret: 'orders', table: 'public.orders' };
    const orders = { name: 'orders', entity: 'customer', source: 'orders', features: [{ name: 'n', type: 'integer' }] };
    const { project } = projectVersion();
    const sources = { ...project.sources, orders: { database, timestamp: 'at' } };
    const version = projectVersion({ sources, featureViews: [...project.featureViews, orders] }, 2);
    await applyDefinitions(world, version);
    expect(await mlp('show', 'view', 'orders')).toContain('source: orders: postgres public.orders');
  });

  it('tells what a request must bring for an on-demand view', async () => {
    const ratios = {
      name: 'ratios',
      requestFields: [{ name: 'amount', type: 'number', required: true, minimum: 0 }],
      features: [{ name: 'twice', type: 'number', sql: 'amount * 2' }],
      training: false,
    };
    await applyDefinitions(world, projectVersion({ onDemandViews: [OnDemandView.parse(ratios)] }, 2));
    const shown = await mlp('show', 'on-demand-view', 'ratios');
    expect(shown).toMatch(/request field +type +contract/);
    expect(shown).toMatch(/amount +number +required, ≥ 0/);
    expect(shown).toMatch(/twice +number +amount \* 2/);
  });

  it('shows an earlier version, and lists them all', async () => {
    await mlp('define', file(view));
    await mlp('define', file(view.replace('ttlDays: 0', 'ttlDays: 7')));
    expect(await mlp('show', 'view', 'user_features', '--version', '1')).toContain('ttl: for ever');
    const versions = await mlp('show', 'view', 'user_features', '--versions');
    expect(versions.match(/user_features/g)).toHaveLength(2);
  });
});
