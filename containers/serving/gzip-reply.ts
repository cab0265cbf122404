import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Reply } from './reply.ts';

const compress = promisify(gzip);

/** Below this a reply fits into one packet anyway. */
const LEAST_BYTES = 1_024;

/** Whether an Accept-Encoding takes gzip. @example takesGzip('br, gzip;q=0.5') // true */
const takesGzip = (accepted: string | string[] | undefined): boolean =>
  String(accepted ?? '')
    .split(',')
    .some((one) => /^\s*(gzip|x-gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$)[\d.]+\s*)?$/i.test(one));

/** Whether it is worth compressing: what most predictions are asked with answers at once that it is not. */
export const isForGzip = ({ headers }: Pick<IncomingMessage, 'headers'>, { body }: Reply): boolean =>
  body.length >= LEAST_BYTES && headers['accept-encoding'] !== undefined && takesGzip(headers['accept-encoding']);

/** The same reply, compressed off the loop; the fastest level, since a fleet has more wire than CPU. */
export const gzipped = async (reply: Reply): Promise<Reply> => {
  const body = await compress(reply.body, { level: constants.Z_BEST_SPEED });
  return { ...reply, body, headers: { ...reply.headers, 'content-encoding': 'gzip', vary: 'accept-encoding' } };
};
