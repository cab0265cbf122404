import type { Writable } from 'node:stream';
import { isoTimes } from '#core/shared/index.ts';

/** A finished exchange. */
export interface AccessFacts {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly requestId: string;
  readonly caller: string;
}

export interface LineLog {
  /** One JSON object a line; level and time are added. */
  write(level: 'INFO' | 'WARN' | 'ERROR', message: string, facts: Readonly<Record<string, unknown>>): void;
  /** `write('INFO', 'request', …)`, which is most of what is written. */
  request(facts: AccessFacts): void;
  /** Writes out what is held; to be called before the process ends. */
  flush(): void;
}

// A pipe is written synchronously, so lines are gathered; a tenth of a second is what a crash may cost.
const GATHER_MS = 100;
const GATHER_CHARACTERS = 64_000;

const { stringify } = JSON;
const time = isoTimes();

const requestText = ({ method, path, status, ms, requestId, caller }: AccessFacts): string =>
  `"method":${stringify(method)},"path":${stringify(path)},"status":${status},"ms":${Math.round(ms * 1_000) / 1_000},"request_id":${stringify(requestId)},"caller":${stringify(caller)}`;

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
  const hold = (line: string): void => {
    held += line;
    if (held.length > GATHER_CHARACTERS) flush();
    else timer ??= setTimeout(flush, GATHER_MS).unref();
  };
  return {
    write: (level, message, facts) => {
      hold(`${stringify({ level, time: time(Date.now()), message, ...facts })}\n`);
      if (level === 'ERROR') flush();
    },
    request: (facts) =>
      hold(`{"level":"INFO","time":"${time(Date.now())}","message":"request",${requestText(facts)}}\n`),
    flush,
  };
};
