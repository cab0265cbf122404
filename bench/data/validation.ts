/** Whole processes that judge one million rows by forty expectations: this platform's command and its peers. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '#local/paths.ts';
import type { Section } from '../data.ts';
import { peerEnv } from '../support/peer-env.ts';
import { median } from '../support/table.ts';
import { expectationCount, validationFile, writeSuite } from '../support/validation-data.ts';

const ROWS = 1_000_000;
const ROUNDS = 3;
const PEERS = ['great_expectations==1.24.1', 'pandera[pandas,polars]==0.35.0', 'pyarrow==21.0.0'];
const support = join(repositoryRoot, 'bench', 'support');

interface Used {
  readonly wall: number;
  readonly cpu: number;
  readonly peakMb: number;
}
interface Subject {
  readonly name: string;
  readonly command: readonly string[];
  readonly verdicts: (printed: string) => readonly boolean[];
}
interface Judged extends Used {
  readonly verdicts: readonly boolean[];
}

const run = (python: string, { command, verdicts }: Subject): Judged => {
  const output = execFileSync(python, [join(support, 'measured.py'), ...command], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const end = output.trimEnd().lastIndexOf('\n');
  const used = JSON.parse(output.slice(end)) as Used;
  return { ...used, verdicts: verdicts(output.slice(0, end)) };
};

const lastLine = (printed: string): readonly boolean[] =>
  JSON.parse(printed.trim().split('\n').at(-1) ?? '') as boolean[];
const ofReport = (printed: string): readonly boolean[] =>
  (JSON.parse(printed) as { results: { success: boolean }[] }).results.map(({ success }) => success);

const subjects = (python: string, data: string, suite: string): readonly Subject[] => [
  {
    name: 'mlp data validate',
    command: [
      process.execPath,
      join(repositoryRoot, 'cli', 'mlp.ts'),
      'data',
      'validate',
      data,
      '--suite',
      suite,
      '--json',
    ],
    verdicts: ofReport,
  },
  {
    name: 'Great Expectations, pandas',
    command: [python, join(support, 'validate_gx.py'), data, suite],
    verdicts: lastLine,
  },
  ...['pandas', 'polars'].map((engine) => ({
    name: `Pandera, ${engine}`,
    command: [python, join(support, 'validate_pandera.py'), engine, data, suite],
    verdicts: lastLine,
  })),
];

const checkAlike = (name: string, seen: readonly boolean[], ours: readonly boolean[]): void => {
  const at = seen.findIndex((verdict, i) => verdict !== ours[i]);
  if (at >= 0 || seen.length !== ours.length) throw new Error(`${name} judges expectation ${at} otherwise`);
};

const middle = (rounds: readonly Judged[], of: (judged: Judged) => number): number => median(rounds.map(of));

export const measure = async (): Promise<Section> => {
  const python = await peerEnv('validation', PEERS);
  const [data, suite] = [await validationFile(ROWS), writeSuite()];
  const found = subjects(python, data, suite).map((subject) => {
    const rounds = Array.from({ length: ROUNDS }, () => run(python, subject));
    return { name: subject.name, rounds };
  });
  const ours = found[0]?.rounds ?? [];
  const rows = found.map(({ name, rounds }) => {
    checkAlike(name, rounds[0]?.verdicts ?? [], ours[0]?.verdicts ?? []);
    const [wall, cpu, peak] = [
      middle(rounds, (r) => r.wall),
      middle(rounds, (r) => r.cpu),
      middle(rounds, (r) => r.peakMb),
    ];
    const times = wall / middle(ours, (r) => r.wall);
    return [name, wall, cpu, peak, times];
  });
  return {
    title: `Validation: ${ROWS.toLocaleString('en')} rows, 20 columns, ${expectationCount} expectations; verdicts alike; whole process`,
    head: ['tool', 'wall s', 'CPU s', 'peak MB', 'times as long'],
    rows,
  };
};
