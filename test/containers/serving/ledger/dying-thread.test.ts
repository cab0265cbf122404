import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { firehoseAway } from '../firehose-away.ts';

describe('the thread that ships the ledger', () => {
  it('is started again when it dies, and nothing that it had is lost', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'dying-thread-'));
    const firehose = await firehoseAway();
    firehose.delayMs = 40;
    const script = join(import.meta.dirname, 'dying-thread.ts');
    const credentials = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const env = { PATH: process.env.PATH, AWS_ENDPOINT_URL_FIREHOSE: firehose.url, ...credentials };
    try {
      const { stdout } = await promisify(execFile)('node', [script, cacheDir], { env });
      const counts = JSON.parse(stdout);
      expect(firehose.ids.size).toBe(2_000);
      expect(counts).toMatchObject({ written: 2_000, lost: 0, refused: 0 });
      expect(counts.threads).toBeGreaterThan(1);
      expect(counts.notices).toContain('ledger thread ended: it is started again');
      const sent = [...firehose.ids.values()].reduce((a, b) => a + b, 0);
      // What a thread had sent when it died, nobody knows: it is sent again and counted, which may be once too often.
      expect(counts.repeated).toBeGreaterThanOrEqual(sent - 2_000);
    } finally {
      await firehose.stop();
      await rm(cacheDir, { recursive: true, force: true });
    }
  }, 180_000);
});
