import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { z } from 'zod';
import { ErrorCode } from '#contracts/errors.ts';
import { algorithmsOf, metricsOf, Problem } from '#contracts/problems.ts';
import { Project } from '#contracts/project.ts';
import { trainingFiles } from '#contracts/training.ts';
import { Fairness, Gate, Training } from '#contracts/training-options.ts';
import { functions } from '#core/expressions/index.ts';
import { program } from '../../cli/program.ts';

const page = readFileSync('docs/training.md', 'utf8');
const problems = page.split('\n').filter((line) => line.startsWith('| `'));
const example = (name: string): Record<string, unknown> =>
  parse(page.match(new RegExp(`\`\`\`yaml\n(${name}:[\\s\\S]*?)\`\`\``))?.[1] ?? '');

describe('docs/training.md', () => {
  it.each(Object.keys(Training.shape))('explains training.%s', (key) => {
    expect(page).toContain(`\`training.${key}\``);
  });

  it.each(Object.keys(Fairness.shape))('explains fairness.%s', (key) => {
    expect(page).toContain(`\`${key}\``);
  });

  it.each(Problem.options)('lists the algorithms and metrics of %s', (problem) => {
    const line = problems.find((one) => one.startsWith(`| \`${problem}\``)) ?? '';
    const named = problem === 'multiclass-classification' ? [] : algorithmsOf[problem];
    for (const name of [...named, ...metricsOf[problem]]) expect(line).toContain(`\`${name}\``);
  });

  it('shows a project that reads', () => {
    const { training, gate, fairness, problem } = example('problem');
    expect(Training.parse(training)).toMatchObject({ stacking: { best: 3 }, trials: 20 });
    expect(z.array(Gate).parse(gate)).toHaveLength(3);
    expect(Fairness.parse(fairness).minimumGroupRows).toBe(50);
    expect(Project.shape.problem.parse(problem)).toBe('binary-classification');
  });

  it('tells defaults as they are', () => {
    const { trials, timeoutSeconds, folds, seed, minimumRows } = Training.parse({});
    for (const [key, value] of Object.entries({ folds, seed, minimumRows }))
      expect(page).toMatch(new RegExp(`\`training.${key}\`.*\\| ${value} \\|`));
    expect(page).toMatch(new RegExp(`\`training.trials\`.*\\| ${trials}, ${timeoutSeconds} \\|`));
  });

  it('names codes that there are', () => {
    const codes = [...page.matchAll(/^\|.*\| ([A-Z]+_[A-Z_]+) \|$/gm)].map(([, code]) => code ?? '');
    expect(codes.length).toBeGreaterThan(7);
    for (const code of codes) expect(ErrorCode.options).toContain(code);
  });

  it.each(Object.values(trainingFiles).filter((file) => !file.endsWith('/')))('explains the file %s', (file) => {
    expect(page).toContain(`\`${file}\``);
  });

  it('shows commands that there are', () => {
    const commands = [...page.matchAll(/^npx mlp ([a-z]+)(?: ([a-z]+))?/gm)];
    expect(commands.length).toBeGreaterThan(8);
    for (const [, name, below] of commands) {
      const command = program().commands.find((one) => one.name() === name) as Command;
      expect([name, command?.name()]).toEqual([name, name]);
      const names = command.commands.map((one) => one.name());
      if (below !== undefined && names.length > 0 && command.registeredArguments.length === 0)
        expect(names).toContain(below);
    }
  });

  it('writes functions of the graph as the expressions have them', () => {
    const known = functions.flatMap(({ usage, aliases = [] }) => [
      ...usage.matchAll(/([a-z0-9]+)\(/g),
      ...aliases.map((name) => [name, name]),
    ]);
    const names = new Set(known.map(([, name]) => name));
    const table = page.match(/\| arithmetic[\s\S]*?\n\n/)?.[0] ?? '';
    const written = [...table.matchAll(/`([a-z][a-z0-9]+)`/g)].map(([, name]) => name);
    expect(written.length).toBeGreaterThan(20);
    expect(written.filter((name) => !names.has(name))).toEqual([]);
  });
});
