import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerRecord } from '#contracts/ledger.ts';

/** Firehose as a server on this machine, that can refuse. */
export interface FirehoseAway {
  readonly url: string;
  /** Predictions whose record was taken, with how often. */
  readonly ids: ReadonlyMap<string, number>;
  /** Records as they were taken last, by the prediction's id. */
  readonly records: ReadonlyMap<string, LedgerRecord>;
  isAway: boolean;
  /** How long a call takes, milliseconds. */
  delayMs: number;
  stop(): Promise<void>;
}

interface PutRecordBatch {
  readonly Records: readonly { readonly Data: string }[];
}

export const firehoseAway = async (): Promise<FirehoseAway> => {
  const ids = new Map<string, number>();
  const records = new Map<string, LedgerRecord>();
  const take = (data: string): void => {
    const lines = Buffer.from(data, 'base64').toString('utf8').trimEnd().split('\n');
    for (const line of lines) {
      const record = JSON.parse(line) as LedgerRecord;
      const { prediction_id } = record;
      records.set(prediction_id, record);
      ids.set(prediction_id, (ids.get(prediction_id) ?? 0) + 1);
    }
  };
  const server = createServer(async (request, response) => {
    const { Records } = (await json(request)) as PutRecordBatch;
    await sleep(self.delayMs);
    if (self.isAway) {
      response.writeHead(503).end('{"__type":"ServiceUnavailableException"}');
      return;
    }
    for (const { Data } of Records) take(Data);
    const RequestResponses = Records.map((_, index) => ({ RecordId: String(index) }));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ FailedPutCount: 0, Encrypted: false, RequestResponses }));
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  const self: FirehoseAway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ids,
    records,
    isAway: false,
    delayMs: 0,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return self;
};
