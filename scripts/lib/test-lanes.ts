import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasTests, projectEnvironment, pythonProjects } from './python.ts';
import { type Command, root, run } from './shell.ts';
import { type Counts, countJest, countPytest, judged, none, sum } from './test-counts.ts';

interface Runner {
  readonly command: (report: string) => Command;
  readonly count: (report: string) => Counts;
}

/** Runs one runner with its output on the terminal and reads the report that it wrote. */
const execute = async ({ command, count }: Runner): Promise<Counts> => {
  const folder = mkdtempSync(join(tmpdir(), 'test-report-'));
  const report = join(folder, 'report');
  try {
    const { code } = await run({ ...command(report), stream: true });
    return judged(existsSync(report) ? count(readFileSync(report, 'utf8')) : none, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const nodeFlags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

const jest = (...args: string[]): Promise<Counts> =>
  execute({
    count: countJest,
    command: (report) => ({
      file: process.execPath,
      args: [...nodeFlags, 'node_modules/jest/bin/jest.js', '--json', `--outputFile=${report}`, ...args],
    }),
  });

const pytest = async (folder: string): Promise<Counts> => {
  const bin = await projectEnvironment(folder);
  const command = (report: string): Command => ({
    file: join(bin, 'python'),
    args: ['-m', 'pytest', '-q', `--junitxml=${report}`],
    cwd: join(root, folder),
  });
  return execute({ count: countPytest, command });
};

const python = async (): Promise<Counts> => {
  const counts: Counts[] = [];
  for (const folder of pythonProjects().filter(hasTests)) {
    console.log(`pytest ${folder}`);
    counts.push(await pytest(folder));
  }
  return sum(counts);
};

/** The end-to-end suites come last, one after another: they share one platform that is booted once. */
export const lanes = {
  unit: () => jest('--testPathIgnorePatterns=/node_modules/', '--testPathIgnorePatterns=/test/e2e/'),
  python,
  e2e: () => jest('--config=jest.e2e.config.js', '--runInBand'),
};
export type Lane = keyof typeof lanes;
