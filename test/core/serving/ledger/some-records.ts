import type { LedgerRecord } from '#contracts/ledger.ts';
import type { LedgerTally } from '#core/serving/ports.ts';

export const record = (n: number, change: Partial<LedgerRecord> = {}): LedgerRecord => ({
  prediction_id: `p-${n}`,
  time: '2026-01-01T00:00:00.000Z',
  caller: 'c',
  request_id: 'r',
  model_name: 'churn',
  model_version: '1',
  variant: 'stable',
  entity_id: 'e',
  inputs: { tenure: n },
  probability: 0.5,
  prediction: 'stays',
  latency_ms: 1,
  ...change,
});

export const line = (n: number, change?: Partial<LedgerRecord>): string => `${JSON.stringify(record(n, change))}\n`;

export const newTally = (): LedgerTally => ({
  delivered: 0,
  repeated: 0,
  lost: 0,
  explained: 0,
  unexplained: 0,
  inFlight: 0,
});

export const idsIn = (packets: readonly string[]): string[] =>
  packets.flatMap((packet) => packet.trimEnd().split('\n')).map((text) => JSON.parse(text).prediction_id);
