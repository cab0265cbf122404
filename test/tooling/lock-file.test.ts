import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { completeLock, missingPackages, platformOf } from '../../scripts/lib/lock-file.ts';

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

describe('package-lock.json', () => {
  const { packages } = read('package-lock.json');

  it('names every platform package, so that npm ci takes it on every platform', () => {
    expect(missingPackages(packages)).toEqual([]);
  });

  it('names no registry', () => {
    expect(JSON.stringify(packages)).not.toContain('"resolved"');
  });

  it('gives npm 10 no install script that allowScripts denies to npm 11', () => {
    const { allowScripts } = read('package.json');
    const denied = Object.keys(allowScripts).filter((name) => !allowScripts[name]);
    expect(denied).toEqual(['onnxruntime-node']);
    expect(denied.filter((name) => packages[`node_modules/${name}`].hasInstallScript)).toEqual([]);
  });

  it('has no install script that nobody decided on', () => {
    const { allowScripts } = read('package.json');
    const scripted = Object.keys(packages).filter((path) => packages[path].hasInstallScript);
    const undecided = scripted.filter((path) => !(path.slice(path.lastIndexOf('node_modules/') + 13) in allowScripts));
    // Optional packages of other systems never run here, yet npm names them.
    expect(undecided.filter((path) => !packages[path].os)).toEqual([]);
  });
});

describe('completing a lock', () => {
  const lock = {
    '': {},
    'node_modules/a': { version: '1.0.0', dev: true, optionalDependencies: { 'a-linux-x64-musl': '1.0.0' } },
    'node_modules/b/node_modules/c': { optionalDependencies: { near: '1.0.0', far: '2.0.0' }, hasInstallScript: true },
    'node_modules/b/node_modules/near': { version: '1.0.0' },
    'node_modules/far': { version: '2.0.0' },
  };

  it('adds what is missing, with its platform, and nothing else', () => {
    const done = completeLock(lock, []);
    expect(done['node_modules/a-linux-x64-musl']).toEqual({
      version: '1.0.0',
      os: ['linux'],
      cpu: ['x64'],
      libc: ['musl'],
      dev: true,
      optional: true,
    });
    expect(Object.keys(done)).toHaveLength(Object.keys(lock).length + 1);
  });

  it('denies scripts', () => {
    expect(completeLock(lock, ['c'])['node_modules/b/node_modules/c']).not.toHaveProperty('hasInstallScript');
    expect(completeLock(lock, [])['node_modules/b/node_modules/c']).toHaveProperty('hasInstallScript', true);
  });

  it('refuses to invent an entry for a package that names no platform', () => {
    const odd = { 'node_modules/a': { optionalDependencies: { fsevents: '2.3.0' } } };
    expect(() => completeLock(odd, [])).toThrow(/fsevents@2.3.0, which names no platform/);
  });

  it.each([
    ['@swc/core-win32-ia32-msvc', { os: ['win32'], cpu: ['ia32'] }],
    ['@oxc-parser/binding-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
    ['@biomejs/cli-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
  ])('reads the platform of %s', (name, platform) => expect(platformOf(name)).toEqual(platform));
});
