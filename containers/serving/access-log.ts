import type { Writable } from 'node:stream';

export interface LineLog {
  /** One JSON object a line; level and time are added. */
  write(level: 'INFO' | 'WARN' | 'ERROR', message: string, facts: Readonly<Record<string, unknown>>): void;
  /** Writes out what is held; to be called before the process ends. */
  flush(): void;
}

// A pipe is written synchronously, so lines are gathered; a tenth of a second is what a crash may cost.
const GATHER_MS = 100;
const GATHER_CHARACTERS = 64_000;

export const lineLog = (out: Pick<Writable, 'write'>): LineLog => {
  let held = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (held === '') return;
    const lines = held;
    held = '';
    out.write(lines);
  };
  return {
    write: (level, message, facts) => {
      held += `${JSON.stringify({ level, time: new Date().toISOString(), message, ...facts })}\n`;
      if (level === 'ERROR' || held.length > GATHER_CHARACTERS) flush();
      else timer ??= setTimeout(flush, GATHER_MS).unref();
    },
    flush,
  };
};
