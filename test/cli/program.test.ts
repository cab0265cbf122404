import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PlatformRequestError } from '#sdk/index.ts';
import { applyCommand, keptGit } from '../../cli/commands/apply.ts';
import { connect } from '../../cli/connection.ts';
import { duration, table } from '../../cli/output.ts';
import { program } from '../../cli/program.ts';
import { reportFailure } from '../../cli/report-failure.ts';

describe('mlp', () => {
  it('has help for every command', () => {
    for (const command of program().commands) expect(command.helpInformation()).toContain(command.description());
    expect(program().commands.map((command) => command.name())).toEqual(
      expect.arrayContaining(['apply', 'run', 'status', 'predict']),
    );
  });

  it('says what apply keeps of git', () => {
    const written: string[] = [];
    const apply = applyCommand().configureOutput({ writeOut: (text) => void written.push(text) });
    apply.outputHelp();
    expect(written.join('')).toContain('changes to the project');
    const commit = `abcdef12${'0'.repeat(32)}`;
    expect(keptGit(undefined)).toBe('');
    expect(keptGit({ commit, isDirty: false })).toBe('; kept git commit abcdef12');
    expect(keptGit({ commit, isDirty: true, diff: 'x' })).toContain('changes');
  });

  it('finds the platform of npm start in a folder above', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mlp-'));
    mkdirSync(join(folder, '.local'));
    writeFileSync(join(folder, '.local', 'outputs.json'), JSON.stringify({ apiUrl: 'http://here', apiKey: 'k' }));
    const below = join(folder, 'a', 'b');
    mkdirSync(below, { recursive: true });
    expect(connect({}, below)).toBeDefined();
  });

  it('says what to do when there is no platform', () => {
    expect(() => connect({}, mkdtempSync(join(tmpdir(), 'mlp-')))).toThrow('npm start');
  });

  it('aligns columns and shortens durations', () => {
    expect(
      table(
        ['a', 'name'],
        [
          ['1', 'x'],
          ['22', 'yy'],
        ],
      ),
    ).toBe('a   name\n--  ----\n1   x\n22  yy');
    expect(duration(new Date(0), new Date(1_500))).toBe('1.5s');
    expect(duration(new Date(0), new Date(61_500))).toBe('1m 02s');
  });
});

describe('a failing command', () => {
  const said = jest.fn();
  beforeEach(() => {
    jest.spyOn(console, 'error').mockImplementation(said as () => void);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = 0;
  });

  it('tells the code first and ends with 1', () => {
    reportFailure(new PlatformRequestError(404, { code: 'MODEL_NOT_SERVED', message: 'no model x' }));
    expect(said).toHaveBeenCalledWith('MODEL_NOT_SERVED: no model x');
    expect(process.exitCode).toBe(1);
  });

  it.each([
    [['predict', 'churn', 'age:=NaN'], 'after := stands a JSON number'],
    [['predict', 'churn', 'age=7', '--top', '5'], 'add --explain'],
    [['deploy', 'churn', 'abc'], 'version "abc" is no number'],
  ])('says of the wrong arguments %j what is wrong, without a code, and ends with 1', async (words, sentence) => {
    Object.assign(process.env, { MLP_API_URL: 'http://platform.test', MLP_API_KEY: 'key' });
    const failure = await program()
      .parseAsync(['node', 'mlp', ...words])
      .catch((error: unknown) => error);
    reportFailure(failure);
    expect(said).toHaveBeenLastCalledWith(expect.stringContaining(sentence));
    expect(said).toHaveBeenLastCalledWith(expect.not.stringMatching(/^[A-Z_]+: /));
    expect(process.exitCode).toBe(1);
    delete process.env.MLP_API_URL;
    delete process.env.MLP_API_KEY;
  });
});
