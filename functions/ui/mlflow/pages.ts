import { join } from 'node:path';
import type { KeyCheck } from '../../_shared/key-check.ts';
import type { MlflowCall } from '../../_shared/mlflow-call.ts';
import { HttpReply } from '../../_shared/mlflow-reply.ts';
import { type StaticFolder, staticFolder } from './static-files.ts';

// Kept by the browser for a signed-in person alone, and asked for again every time: the files it names change.
const pageHeaders = {
  'cache-control': 'private, no-cache',
  'content-security-policy': "frame-ancestors 'self'; object-src 'none'; base-uri 'self'",
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'same-origin',
};

/** Makes a browser ask for user name and password, and send them from then on to everything below this address. */
const signIn = new HttpReply({
  statusCode: 401,
  headers: {
    'www-authenticate': 'Basic realm="mlops", charset="UTF-8"',
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  },
  body: 'Sign in with any user name and an API key (mlp_…) as the password.\n',
});

/** Names with a hash of their content never change what they mean. @example static/js/main.c2f5f8d4.js */
const HASHED = /[.-][0-9a-f]{8,}\./;
const cacheHeaders = (name: string) => ({
  'cache-control': HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
});

/** MLflow's web UI: one page for people with a key, and its files, which are anybody's (open source, no data). */
export const uiPages = (keyOf: KeyCheck, taskRoot: string) => {
  let folder: StaticFolder | undefined;
  const files = (): StaticFolder => {
    folder ??= staticFolder(join(taskRoot, 'mlflow-ui'));
    return folder;
  };
  return {
    indexPage: async ({ headers }: MlflowCall): Promise<HttpReply> => {
      const caller = await keyOf(headers.authorization);
      return caller ? files().reply('index.html', headers['accept-encoding'], pageHeaders) : signIn;
    },
    staticFile: async (name: string, { headers }: MlflowCall): Promise<HttpReply> =>
      files().reply(name, headers['accept-encoding'], cacheHeaders(name)),
    version: async (): Promise<HttpReply> =>
      new HttpReply({ statusCode: 200, headers: { 'content-type': 'text/plain' }, body: files().text('VERSION') }),
  };
};
