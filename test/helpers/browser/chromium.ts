import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Cdp, connectCdp } from './cdp.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** CHROMIUM_PATH, else the first Chromium or Chrome on PATH; undefined when there is none. */
export const findChromium = (): string | undefined => {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
};

export interface Browser {
  readonly cdp: Cdp;
  close(): Promise<void>;
}

const LISTENING = /^DevTools listening on (ws:\S+)/;
const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
  '--no-proxy-server',
  '--window-size=1600,1200',
  '--remote-debugging-port=0',
];

const addressOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    if (!child.stderr) return reject(new Error('the browser has no stderr'));
    const said: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, address] = LISTENING.exec(line) ?? [];
      if (address) resolve(address);
      else said.push(line);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the browser ended at once:\n${said.slice(-5).join('\n')}`)));
  });

/** Starts a browser without windows and with an empty profile; `close` leaves neither process nor profile. */
export const startChromium = async (binary: string): Promise<Browser> => {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const child = spawn(binary, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const cdp = await connectCdp(await addressOf(child));
  return {
    cdp,
    close: async () => {
      await cdp.send('Browser.close').catch(() => child.kill('SIGKILL'));
      cdp.close();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
