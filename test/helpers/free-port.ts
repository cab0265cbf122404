import { randomInt } from 'node:crypto';
import { chooseFreePort } from '#local/ports.ts';

/** From 32,768 on Linux gives ports to whoever calls out: a port for a later listener may be gone by then. */
const [FROM, TO] = [20_000, 32_000];

/** A port for a process that is yet to start. @example await freePort() // 23817 */
export const freePort = (): Promise<number> => chooseFreePort({ preferred: randomInt(FROM, TO) });
