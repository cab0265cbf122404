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

const portIn = (variable: string, text: string | undefined, otherwise: number): number => {
  if (!text) return otherwise;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new LocalStageError({
    code: 'PORT_INVALID',
    message: `${variable} must be a whole number from 1 to 65535, got "${text}"`,
    remedy: `Set such a number, or leave it out: ${otherwise}, or the next free port, is then taken`,
  });
};

/**
 * The port that MLOPS_PORT names, 4566 when it is not set.
 * @throws {LocalStageError} PORT_INVALID unless it is a whole number from 1 to 65535
 * @example wantedPort('4600') // 4600
 */
export const wantedPort = (text: string | undefined = process.env.MLOPS_PORT): number =>
  portIn('MLOPS_PORT', text, 4566);

/**
 * The port of the edge that MLOPS_EDGE_PORT names, the one after the emulator's when it is not set.
 * @throws {LocalStageError} PORT_INVALID unless it is a whole number from 1 to 65535
 * @example wantedEdgePort(4566, undefined) // 4567
 */
export const wantedEdgePort = (emulatorPort: number, text: string | undefined = process.env.MLOPS_EDGE_PORT): number =>
  portIn('MLOPS_EDGE_PORT', text, Math.min(emulatorPort + 1, 65_535));

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
