import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import type { Deployment } from '#contracts/deployment.ts';
import type { LedgerRecord } from '#contracts/ledger.ts';
import { type FeatureValue, type OnlineItem, onlineKey } from '#contracts/online.ts';
import type { LedgerStream, MetricPoint, ModelFiles } from '#core/serving/index.ts';
import { lineLog } from '../../../containers/serving/access-log.ts';
import { shipHere } from '../../../containers/serving/ledger/shipping-loop.ts';
import type { ServingTaskDeps } from '../../../containers/serving/serving-task.ts';
import { heavyHere } from './heavy-here.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/serving-model');

export type FixtureModel = 'v1' | 'v2' | 'plans' | 'bill' | 'payment';

export const modelFiles = async (version: FixtureModel): Promise<ModelFiles> => ({
  graph: await readFile(join(fixtures, version, 'model.onnx')),
  facts: await readFile(join(fixtures, version, 'serving.json'), 'utf8'),
});

export const uriOf = (version: number | string): string => `s3://artifacts/exp/run-${version}/artifacts/model/`;

export const deployment = (change: Partial<Deployment> = {}): Deployment => ({
  model: 'churn',
  project: 'churn',
  revision: 1,
  phase: 'stable',
  variants: [{ version: 1, weight: 100, modelUri: uriOf(1) }],
  stickyKey: 'customer_id',
  featureService: 'churn',
  reason: 'first',
  updatedAt: '2026-01-01T00:00:00.000Z',
  updatedBy: 'test',
  ...change,
});

export const customer = { tenure: 3, monthly_charges: 88.5, contract: 'monthly' };

const written = '2026-01-01T00:00:00.000Z';

/** An entity with one view, and one of which nothing holds any more. */
export const item = (
  entity: string,
  {
    features = customer,
    expiresAt = 4_000_000_000,
  }: { features?: Record<string, FeatureValue>; expiresAt?: number } = {},
): OnlineItem => ({
  pk: onlineKey('churn', { customer_id: entity }),
  views: {
    profile: { values: features, eventTime: written, createdTime: written, expiresAt },
    gone: { values: { tenure: 999 }, eventTime: written, createdTime: written, expiresAt: 1 },
  },
});

/** Everything outside a task, with a switch that takes each part away. */
export class Outside {
  documents: Deployment[] = [deployment()];
  /** What else the registry lists. */
  garbage: unknown[] = [];
  readonly models = new Map<string, ModelFiles>();
  readonly items = new Map<string, OnlineItem>();
  readonly away = { registry: false, models: false, features: false, ledger: false, metrics: false };
  /** Milliseconds that a look-up takes. */
  lookupMs = 0;
  readonly lookups: (readonly string[])[] = [];
  readonly packets: string[] = [];
  readonly points: MetricPoint[] = [];
  readonly lines: string[] = [];
  /** Share of packets that the stream hands back. */
  refuse: (packet: string) => boolean = () => false;

  store(...items: OnlineItem[]): void {
    for (const one of items) this.items.set(one.pk, one);
  }

  ledger(): LedgerRecord[] {
    return this.packets.flatMap((packet) => packet.trimEnd().split('\n')).map((line) => JSON.parse(line));
  }

  metric(name: string, version: string): number {
    const found = this.points.filter((point) => point.name === name && point.version === version);
    return found.flatMap(({ values, counts }) => values.map((v, i) => v * (counts[i] ?? 0))).reduce((a, b) => a + b, 0);
  }

  #check(part: keyof Outside['away']): void {
    if (this.away[part]) throw Object.assign(new Error(`${part} is away`), { name: 'TimeoutError' });
  }

  stream(): LedgerStream {
    return {
      put: async (packets) => {
        this.#check('ledger');
        const left = packets.filter(this.refuse);
        this.packets.push(...packets.filter((packet) => !left.includes(packet)));
        return left;
      },
    };
  }

  deps(): ServingTaskDeps {
    return {
      store: {
        list: async () => {
          this.#check('registry');
          return structuredClone([...this.documents, ...this.garbage]);
        },
      },
      models: {
        fetch: async (uri: string) => {
          this.#check('models');
          const files = this.models.get(uri);
          if (!files) throw new Error(`${uri} does not exist`);
          return files;
        },
        forget: async () => {},
      },
      runtime: onnxModelRuntime,
      heavy: heavyHere(onnxModelRuntime),
      features: {
        read: async (keys: readonly string[]) => {
          this.lookups.push(keys);
          await new Promise((resolve) => setTimeout(resolve, this.lookupMs));
          this.#check('features');
          return new Map(keys.flatMap((key) => (this.items.has(key) ? [[key, this.items.get(key)!]] : [])));
        },
      },
      ledger: shipHere({ stream: this.stream(), runtime: onnxModelRuntime, lookMs: 20 }),
      metrics: {
        put: async (points: readonly MetricPoint[]) => {
          this.#check('metrics');
          this.points.push(...points);
        },
      },
      log: lineLog({ write: (text: string) => this.lines.push(...text.trimEnd().split('\n')) > 0 }),
      clock: systemClock,
      ids: systemIds,
      digest: systemDigest,
      stopwatch: { ms: () => performance.now() },
    };
  }
}

export const outside = async (): Promise<Outside> => {
  const made = new Outside();
  made.models.set(uriOf(1), await modelFiles('v1'));
  made.models.set(uriOf(2), await modelFiles('v2'));
  made.store(item('c-1'), item('c-2', { features: { ...customer, tenure: 70 } }));
  return made;
};

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape
  readonly json: any;
}

interface Asked {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const ask = (port: number, path: string, { method = 'GET', body, headers = {} }: Asked = {}) =>
  new Promise<Answered>((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('error', reject);
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text, json: parse(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });

export const predict = (port: number, body: unknown, { path = '/predict/churn', headers = {} } = {}) =>
  ask(port, path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-caller-id': 'tester', ...headers },
  });

export const batch = (port: number, body: unknown) => predict(port, body, { path: '/predict/churn/batch' });

/** A series of GET /metrics; NaN where there is none. @example await seriesOf(port, 'models_known') */
export const seriesOf = async (port: number, series: string): Promise<number> => {
  const { text } = await ask(port, '/metrics');
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.split(' ').at(-1));
};

/** Waits until something holds, ten seconds at most where nothing else is said. */
export const until = async (holds: () => boolean | Promise<boolean>, mostSeconds = 10): Promise<void> => {
  for (const end = Date.now() + mostSeconds * 1_000; Date.now() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`what the test waits for did not happen within ${mostSeconds} s`);
};
