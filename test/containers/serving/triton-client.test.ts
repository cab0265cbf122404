/** @jest-environment #test/helpers/onnx-environment.ts */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { localPaths } from '#local/paths.ts';
import { prepareVenv } from '#local/python-env.ts';
import { until } from './serving-fakes.ts';
import { withWorld } from './serving-world.ts';

const folder = join(import.meta.dirname, '../../triton');
// The first time, the client's packages come from an index.
const LIMIT_MS = 10 * 60_000;

const python = async (): Promise<string> => {
  const source = { kind: 'requirements', file: join(folder, 'requirements.txt') } as const;
  return join(await prepareVenv({ name: 'triton', source, paths: localPaths() }), 'bin', 'python');
};

/** Runs the checks; answers how they ended and what they said. */
const checks = async (port: number): Promise<{ code: number | null; said: string }> => {
  const env = { ...process.env, TRITON_CHECKS_URL: `127.0.0.1:${port}` };
  const child = spawn(await python(), ['-B', '-m', 'pytest', '--tb=short'], { cwd: folder, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  return { code, said };
};

describe('the unchanged Triton client', () => {
  it(
    'asks, is answered and is refused as by Triton, and each row is in the ledger',
    withWorld(async ({ made, start }) => {
      const task = await start({ callerOfNobody: 'local' });
      const { code, said } = await checks(task.port);
      if (code !== 0) throw new Error(said);
      expect(Number(/(\d+) passed/.exec(said)?.[1])).toBeGreaterThan(20);
      await until(() => made.ledger().length > 600);
      expect(made.ledger().filter(({ request_id }) => request_id === 'my-request')).toHaveLength(12);
    }),
    LIMIT_MS,
  );
});
