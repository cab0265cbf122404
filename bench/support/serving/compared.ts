import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseFreePort } from '#local/ports.ts';
import { type BenchModel, writeBodies } from './bench-model.ts';
import type { Pinned } from './pinned.ts';
import type { Dialect, Served } from './served.ts';
import { type LoadResult, wrk } from './wrk.ts';

export interface Shape {
  readonly rows: number;
  readonly connections: number;
}
export const shapes = {
  one: { rows: 1, connections: 50 },
  many: { rows: 100, connections: 8 },
} as const satisfies Record<string, Shape>;

export interface Measured extends LoadResult {
  readonly shape: keyof typeof shapes;
  readonly perSecond: number;
  /** Processor microseconds of the whole process tree, user and system, a request. */
  readonly cpuMicros: number;
  /** Proportional set size at the end, MB. */
  readonly memory: number;
}

export interface Pass {
  readonly server: string;
  readonly startSeconds: number;
  readonly measured: readonly Measured[];
}

export interface CompareRequest {
  readonly name: string;
  readonly served: Served;
  readonly model: BenchModel;
  readonly scratch: string;
  readonly seconds: number;
}

const WARM_SECONDS = 3;
const MOST_DIFFERENT = 1e-6;

const ask = async (url: string, { path, headers }: Dialect, body: string): Promise<unknown> => {
  const reply = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  if (!reply.ok) throw new Error(`${path} was answered ${reply.status}: ${(await reply.text()).slice(0, 500)}`);
  return reply.json();
};

/** Before any load: every row answered as onnxruntime answers it. @throws Error with the first that is not */
const checkAnswers = async (
  url: string,
  { served, model }: CompareRequest,
  files: Record<keyof typeof shapes, string>,
): Promise<void> => {
  for (const shape of ['one', 'many'] as const) {
    const bodies = readFileSync(files[shape], 'utf8').trim().split('\n');
    for (const [first, body] of bodies.entries()) {
      const scores = served[shape].scores(await ask(url, served[shape], body));
      const wanted = Array.from(
        { length: shapes[shape].rows },
        (_, i) => model.scores[(first + i) % model.scores.length] ?? Number.NaN,
      );
      const isSame =
        scores.length === wanted.length &&
        wanted.every((score, i) => Math.abs(score - (scores[i] ?? Number.NaN)) <= MOST_DIFFERENT);
      if (!isSame)
        throw new Error(`request ${first} of ${shape} was answered ${scores.slice(0, 3)}…, not ${wanted.slice(0, 3)}…`);
    }
  }
};

const bodiesOf = ({ name, served, model, scratch }: CompareRequest): Record<keyof typeof shapes, string> => {
  const file = (shape: keyof typeof shapes): string =>
    writeBodies(join(scratch, `${name}-${shape}.txt`), model.rows, {
      count: shapes[shape].rows,
      body: (rows) => served[shape].body(rows),
    });
  return { one: file('one'), many: file('many') };
};

interface Loaded {
  readonly shape: keyof typeof shapes;
  readonly url: string;
  readonly bodies: string;
}

const measure = async (
  server: Pinned,
  { served, seconds }: CompareRequest,
  { shape, url, bodies }: Loaded,
): Promise<Measured> => {
  const { path, headers = {} } = served[shape];
  const load = { url, path, headers, bodies, connections: shapes[shape].connections };
  await wrk({ ...load, seconds: WARM_SECONDS });
  const before = server.processor();
  const result = await wrk({ ...load, seconds });
  const cpu = server.processor() - before;
  if (server.hasEnded()) throw new Error(`the server ended under load: read ${server.log}`);
  const perSecond = result.requests / result.seconds;
  return { ...result, shape, perSecond, cpuMicros: (cpu * 1e6) / result.requests, memory: server.memory() };
};

/** Starts a server, checks what it answers, loads it in both shapes, ends it. */
export const comparePass = async (request: CompareRequest): Promise<Pass> => {
  const port = await chooseFreePort({ preferred: 5700 });
  const url = `http://127.0.0.1:${port}`;
  const files = bodiesOf(request);
  const server = await request.served.start({ port, model: request.model.folder, scratch: request.scratch });
  try {
    await checkAnswers(url, request, files);
    const measured: Measured[] = [];
    for (const shape of ['one', 'many'] as const)
      measured.push(await measure(server, request, { shape, url, bodies: files[shape] }));
    return { server: request.name, startSeconds: server.startSeconds, measured };
  } finally {
    await server.stop();
  }
};
