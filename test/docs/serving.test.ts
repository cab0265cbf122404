import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { servingHeaders, servingRoutes } from '#contracts/serving.ts';
import { stageOf } from '#infra/stages.ts';

const page = readFileSync('docs/serving.md', 'utf8');
const sectionOf = (title: string): string => page.split('\n## ').find((part) => part.startsWith(`${title}\n`)) ?? '';
const sources = (pattern: string): string =>
  globSync(pattern)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
const cells = (section: string, column: number): string[] =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split(' | ')[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));

describe('docs/serving.md', () => {
  it('tells of metrics that there are', () => {
    const code = sources('lib/core/serving/*.ts');
    const names = cells(sectionOf('Metrics'), 0).flatMap((name) => {
      const [, before = '', list, after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? [];
      return list === undefined ? [name] : list.split(',').map((one) => `${before}${one}${after}`);
    });
    expect(names.length).toBeGreaterThan(15);
    const written = (name: string) =>
      code.includes(`'${name}'`) ||
      code.includes(`total('${name.slice('prediction_ledger_'.length, -'_total'.length)}'`);
    expect(names.filter((name) => !written(name))).toEqual([]);
  });

  it('tells of variables that a task reads, and of what a stage says', () => {
    const environment = readFileSync('containers/serving/env.ts', 'utf8');
    const table = sectionOf('Configuration');
    const variables = [...table.matchAll(/`([A-Z_]{5,})`/g)].map(([, name = '']) => name);
    expect(variables.length).toBeGreaterThan(4);
    expect(variables.filter((name) => !environment.includes(`${name}:`))).toEqual([]);
    const said = JSON.stringify({ ...stageOf('prod'), serving: { ...stageOf('prod').serving, defaultModel: 'x' } });
    const settings = cells(table, 0).map((name) => name.replace('serving.', ''));
    expect(settings.filter((name) => !said.includes(`"${name}":`))).toEqual([]);
  });

  it('tells of every route to predict, and every header', () => {
    const own = [servingRoutes.predict, servingRoutes.predictBatch, servingRoutes.predictDefault];
    for (const { method, path } of own) expect(page).toContain(`\`${method} ${path.replace('{model}', 'MODEL')}\``);
    for (const header of Object.values(servingHeaders)) expect(page).toContain(`\`${header}\``);
  });
});

describe('pages', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md')];

  it.each(pages)('%s links to what is there', (file) => {
    const targets = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => to);
    const local = targets.filter((to) => !/^[a-z]+:/.test(to));
    expect(local.filter((to) => !existsSync(join(dirname(file), to)))).toEqual([]);
  });
});
