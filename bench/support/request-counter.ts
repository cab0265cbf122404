import { Buffer } from 'node:buffer';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What some requests to DynamoDB came to. */
export interface RequestCost {
  /** By kind of command. */
  readonly requests: Readonly<Record<string, number>>;
  readonly total: number;
  /** Most requests of which each began after the one before had ended: how often one waits for the network. */
  readonly rounds: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** As DynamoDB itself counts them. */
  readonly readUnits: number;
  readonly writeUnits: number;
}

interface Seen {
  readonly command: string;
  readonly began: number;
  ended: number;
  sentBytes: number;
  receivedBytes: number;
  units: number;
}

interface Capacity {
  readonly CapacityUnits?: number;
}
const unitsOf = (capacity: Capacity | readonly Capacity[] | undefined): number =>
  [capacity ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);

const READS = new Set(['GetItemCommand', 'QueryCommand', 'BatchGetItemCommand', 'ScanCommand']);
const sum = (all: readonly Seen[], of: (one: Seen) => number): number => all.reduce((total, one) => total + of(one), 0);

/** Taking always the request that ends first gives the longest chain of requests that do not overlap. */
const roundsOf = (all: readonly Seen[]): number => {
  let [rounds, free] = [0, Number.NEGATIVE_INFINITY];
  for (const { began, ended } of all.toSorted((a, b) => a.ended - b.ended))
    if (began >= free) [rounds, free] = [rounds + 1, ended];
  return rounds;
};

const costOf = (all: readonly Seen[]): RequestCost => ({
  requests: Object.fromEntries(
    [...Map.groupBy(all, ({ command }) => command)].map(([command, some]) => [command, some.length]),
  ),
  total: all.length,
  rounds: roundsOf(all),
  sentBytes: sum(all, (one) => one.sentBytes),
  receivedBytes: sum(all, (one) => one.receivedBytes),
  readUnits: sum(all, (one) => (READS.has(one.command) ? one.units : 0)),
  writeUnits: sum(all, (one) => (READS.has(one.command) ? 0 : one.units)),
});

interface Message {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}
const bytesOf = ({ body, headers }: Message): number =>
  Number(headers?.['content-length'] ?? (typeof body === 'string' ? Buffer.byteLength(body) : 0));

/** Watches a client. @example const cost = countRequests(client); await work(); console.log(cost()) */
export const countRequests = (client: DynamoDBDocumentClient): (() => RequestCost) => {
  let seen: Seen[] = [];
  const open = new WeakMap<object, Seen>();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const command = String((context as { commandName?: string }).commandName);
      const one: Seen = { command, began: performance.now(), ended: 0, sentBytes: 0, receivedBytes: 0, units: 0 };
      seen.push(one);
      open.set(context, one);
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      try {
        const result = await next(args);
        one.units = unitsOf((result.output as { ConsumedCapacity?: Capacity }).ConsumedCapacity);
        return result;
      } finally {
        one.ended = performance.now();
      }
    },
    { step: 'initialize', name: 'countRequests' },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const one = open.get(context);
      const result = await next(args);
      if (one) one.sentBytes += bytesOf(args.request as Message);
      if (one) one.receivedBytes += bytesOf(result.response as Message);
      return result;
    },
    { step: 'deserialize', name: 'countBytes', priority: 'low' },
  );
  return () => {
    const cost = costOf(seen);
    seen = [];
    return cost;
  };
};
