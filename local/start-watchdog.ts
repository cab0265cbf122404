import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type LocalPaths, nodeBinFolder, repositoryRoot } from './paths.ts';

/** Starts the watchdog; call the answer when everything has been stopped in order. */
export const startWatchdog = (paths: LocalPaths): (() => void) => {
  const script = join(repositoryRoot, 'local', 'watchdog.ts');
  const child = spawn(join(nodeBinFolder(paths.root), 'node'), [script, paths.run, String(process.pid)], {
    cwd: paths.root,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  return () => {
    child.stdin.end();
  };
};
