/** Online reads out of one DynamoDB Local: this platform beside Feast, the verb itself in a process of its own. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { localPaths, repositoryRoot } from '#local/paths.ts';
import type { Section } from '../data.ts';
import { type DynamoDbLocal, dynamoDbLocal } from '../support/dynamodb-local.ts';
import { peerEnv } from '../support/peer-env.ts';

const ENTITIES = 2_000;
const SECONDS = 8;
const support = join(repositoryRoot, 'bench', 'support');
const run = promisify(execFile);

const refs = (...counts: number[]): string =>
  counts.flatMap((count, view) => Array.from({ length: count }, (_, i) => `view${view}:v${view}f${i}`)).join(',');
const shapes = [
  { name: '1 entity × 50 features of 3 views', text: `1:${refs(17, 17, 16)}` },
  { name: '100 entities × 10 features of 3 views', text: `100:${refs(4, 3, 3)}` },
];

interface Measured {
  readonly perCpuSecond: number;
  readonly p50: number;
  readonly p95: number;
}

const printed = async (command: string, args: readonly string[]): Promise<Measured[]> => {
  const credentials = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_REGION: 'us-east-1' };
  const env = { ...process.env, ...credentials, FEAST_USAGE: 'False' };
  const { stdout } = await run(command, args, { env, maxBuffer: 2 ** 24 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as Measured[];
};

const common = [String(ENTITIES), String(SECONDS), ...shapes.map(({ text }) => text)];

const feast = async ({ url }: DynamoDbLocal): Promise<Measured[]> => {
  const repository = join(localPaths().state, 'bench', 'feast-online-repo');
  rmSync(repository, { recursive: true, force: true });
  const python = await peerEnv('feast-online', ['feast[aws]==0.67.0']);
  return printed(python, [join(support, 'feast_online.py'), repository, url, ...common]);
};
const ours = ({ url }: DynamoDbLocal): Promise<Measured[]> =>
  printed(process.execPath, [join(support, 'online.ts'), url, ...common]);

const cells = ({ perCpuSecond, p50, p95 }: Measured): number[] => [perCpuSecond, p50, p95];

/** Both sides of one shape of request. */
const compared = (name: string, theirs: Measured, mine: Measured): Section['rows'] => [
  [name, 'Feast', ...cells(theirs), ''],
  ['', 'this platform', ...cells(mine), `${(mine.perCpuSecond / theirs.perCpuSecond).toFixed(1)} ×`],
];

export const measure = async (): Promise<Section> => {
  const db = await dynamoDbLocal();
  try {
    const theirs = await feast(db);
    const mine = await ours(db);
    const rows = shapes.flatMap(({ name }, i) => {
      const [his, own] = [theirs[i], mine[i]];
      return his && own ? compared(name, his, own) : [];
    });
    return {
      title: `Online reads out of DynamoDB Local, ${ENTITIES} entities, in process`,
      head: ['', '', 'requests a CPU second', 'p50 ms', 'p95 ms', ''],
      rows,
    };
  } finally {
    await db.stop();
  }
};
