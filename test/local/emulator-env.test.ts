import { describe, expect, it } from '@jest/globals';
import { containerEnv } from '#local/container-env.ts';
import { aroundProxies, cleanEnv, emulatorEnv } from '#local/emulator-env.ts';
import { localPaths } from '#local/paths.ts';

const outer = {
  HTTPS_PROXY: 'http://proxy:3128',
  http_proxy: 'http://proxy:3128',
  NO_PROXY: 'intern',
  HOME: '/home/me',
};

describe('a proxy of the reader', () => {
  it('is not asked for this machine', () => {
    expect(aroundProxies(outer).NO_PROXY).toBe('intern,localhost,127.0.0.1,.localhost');
    expect(aroundProxies({ no_proxy: 'a, localhost' }).no_proxy).toBe('a,localhost,127.0.0.1,.localhost');
  });

  it('does not reach emulator and CDK', () => {
    const list = 'intern,localhost,127.0.0.1,.localhost';
    expect(cleanEnv(outer)).toEqual({ HOME: '/home/me', NO_PROXY: list, no_proxy: list });
    const env = emulatorEnv({ paths: localPaths(), port: 1, identity: 'x' });
    expect(env.no_proxy).toContain('127.0.0.1');
  });

  it('does not reach tasks', async () => {
    process.env.HTTP_PROXY = 'http://proxy:3128';
    try {
      const env = await containerEnv(localPaths(), async () => undefined)('probe');
      expect(env).toMatchObject({ NO_PROXY: expect.stringContaining('.localhost') });
      expect(env).not.toHaveProperty('HTTP_PROXY');
    } finally {
      delete process.env.HTTP_PROXY;
    }
  });
});
