import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Another process has the port: for whoever starts this one to mend, so its trace would tell nothing. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

interface ListenAt {
  readonly host: string;
  readonly port: number;
}

const BACKLOG = 1_024;

const failureOf = (error: NodeJS.ErrnoException, { host, port }: ListenAt): Error => {
  if (error.code !== 'EADDRINUSE') return error;
  const message = `port ${port} of ${host} is taken by another process; end that one, or choose another port: PORT=18080`;
  return new PortTaken(message, { cause: error });
};

/**
 * Lets a server listen; port 0 is any that is free.
 * @returns the port that it got
 * @throws {PortTaken}
 */
export const listening = (server: Server, at: ListenAt): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => reject(failureOf(error, at)));
    server.listen(at.port, at.host, BACKLOG, () => resolve((server.address() as AddressInfo).port));
  });
