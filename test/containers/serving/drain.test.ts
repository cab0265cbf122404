import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { drain, drainLimits } from '../../../containers/serving/drain.ts';
import { readEnvironment } from '../../../containers/serving/env.ts';

describe('draining', () => {
  it('ends in the time given though a request hangs and a finisher never does, which is told that it is late', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const hanging = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).catch(() => 'cut off');
    await once(server, 'request');
    const begun = performance.now();
    let isLate = false;
    const never = (late: Promise<unknown>) => late.then(() => (isLate = true)).then(() => new Promise(() => {}));
    await drain(server, [never], drainLimits(1));
    expect(performance.now() - begun).toBeGreaterThan(700);
    expect([isLate, await hanging]).toEqual([true, 'cut off']);
  });

  it('takes its time from the environment, ten seconds without one', () => {
    const needed = { DEPLOYMENTS_TABLE: 'd', FEATURES_TABLE: 'f', ARTIFACT_BUCKET: 'a', LEDGER_STREAM_NAME: 'l' };
    expect(readEnvironment(needed).DRAIN_SECONDS).toBe(10);
    expect(readEnvironment({ ...needed, DRAIN_SECONDS: '60' }).DRAIN_SECONDS).toBe(60);
    expect(() => readEnvironment({ ...needed, DRAIN_SECONDS: 'soon' })).toThrow('DRAIN_SECONDS');
  });
});
