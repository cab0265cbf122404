import type { IncomingMessage } from 'node:http';

const MOST_BYTES = 64 * 1_024 * 1_024;
const PATIENCE_MS = 30_000;

/**
 * Reads what is left of a refused body, unkept: most senders look for the answer when they have sent all, and lose it
 * when the connection closes before. A body that is too much for that is not waited for.
 */
export const restOfBody = (request: IncomingMessage, size = 0): Promise<void> =>
  new Promise((resolve) => {
    if (request.readableEnded || request.destroyed || size > MOST_BYTES) {
      resolve();
      return;
    }
    let bytes = 0;
    const late = setTimeout(resolve, PATIENCE_MS);
    const over = (): void => {
      clearTimeout(late);
      resolve();
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) over();
    });
    request.once('end', over).once('close', over);
  });
