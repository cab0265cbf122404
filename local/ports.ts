import { createServer } from 'node:net';
import { LocalStageError } from './errors.ts';

export interface PortWish {
  /** The first port to try. @default 4566 */
  readonly preferred?: number;
  readonly host?: string;
  /** How many ports in a row are tried. @default 50 */
  readonly attempts?: number;
}

/** Whether nobody listens on `port` of `host` now. */
export const isPortFree = (port: number, host = '127.0.0.1'): Promise<boolean> =>
  new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => done(true)));
  });

/**
 * The preferred port, or the next free one above it.
 * @throws {LocalStageError} PORT_TAKEN when none of the range is free
 * @example await chooseFreePort({ preferred: 4566 }) // 4566, or 4567 when that is taken
 */
export const chooseFreePort = async (wish: PortWish = {}): Promise<number> => {
  const { preferred = 4566, host = '127.0.0.1', attempts = 50 } = wish;
  const last = Math.min(preferred + attempts - 1, 65_535);
  for (let port = preferred; port <= last; port += 1) {
    if (await isPortFree(port, host)) return port;
  }
  throw new LocalStageError({
    code: 'PORT_TAKEN',
    message: `no free port on ${host} from ${preferred} to ${last}`,
    remedy: 'Stop what listens there, or start with MLOPS_PORT=<a free port>',
  });
};
