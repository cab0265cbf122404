import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Gunzip } from '#core/training/index.ts';

const expand = promisify(gunzip);

/** Text out of gzip. @throws Error when it is none */
export const systemGunzip: Gunzip = async (bytes) => (await expand(bytes)).toString('utf8');
