/**
 * Takes ledger records as Firehose does: `node firehose-sink.ts PORT [ids]` speaks PutRecordBatch on 127.0.0.1. GET /
 * tells what came, as JSON; with "ids" GET /ids tells how often each prediction came. PUT /mode says how it behaves.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** some: every third record fails, as in a stream that is throttled. */
type Mode = 'take' | 'refuse' | 'hang' | 'some';

const [port, keeps] = process.argv.slice(2);
const ids = new Map<string, number>();
const counts = { calls: 0, records: 0, lines: 0, bytes: 0 };
const ID = /"prediction_id":"([^"]+)"/g;
const NEWLINE = 10;
let mode: Mode = 'take';

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
};

const newlines = (data: Buffer): number => {
  let found = 0;
  for (let at = data.indexOf(NEWLINE); at !== -1; at = data.indexOf(NEWLINE, at + 1)) found += 1;
  return found;
};

const take = (data: Buffer): void => {
  counts.records += 1;
  counts.bytes += data.length;
  counts.lines += newlines(data);
  if (keeps !== 'ids') return;
  for (const [, id = ''] of data.toString('utf8').matchAll(ID)) ids.set(id, (ids.get(id) ?? 0) + 1);
};

const taken = (body: string) => {
  const { Records } = JSON.parse(body) as { Records: { Data: string }[] };
  counts.calls += 1;
  const RequestResponses = Records.map(({ Data }, index) => {
    if (mode === 'some' && index % 3 === 0)
      return { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'slow down' };
    take(Buffer.from(Data, 'base64'));
    return { RecordId: String(counts.records) };
  });
  const FailedPutCount = RequestResponses.filter((one) => 'ErrorCode' in one).length;
  return { FailedPutCount, Encrypted: false, RequestResponses };
};

const answer = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
};

const post = (response: ServerResponse, body: string): void => {
  if (mode === 'refuse') answer(response, { __type: 'ServiceUnavailableException' }, 503);
  else if (mode !== 'hang') answer(response, taken(body));
};

createServer(async (request, response) => {
  const body = await bodyOf(request);
  if (request.method === 'POST') return post(response, body);
  if (request.method === 'PUT') mode = body as Mode;
  answer(response, request.url === '/ids' ? Object.fromEntries(ids) : counts);
}).listen(Number(port), '127.0.0.1');
