import { request as httpRequest } from 'node:http';
import { ask } from './serving-fakes.ts';

const caller = { 'x-caller-id': 'tester' };
export const tensor = (name: string, datatype: string, data: unknown[]) => ({
  name,
  datatype,
  shape: [data.length, 1],
  data,
});
export const inputs = [
  tensor('tenure', 'FP32', [3, 70]),
  tensor('monthly_charges', 'FP64', [88.5, 20]),
  tensor('contract', 'BYTES', ['monthly', 'yearly']),
];

export const infer = (port: number, body: unknown, { path = '/v2/models/churn/infer', headers = {} } = {}) =>
  ask(port, path, {
    method: 'POST',
    body: Buffer.isBuffer(body) ? body : JSON.stringify(body),
    headers: { ...caller, ...headers },
  });

interface Raw {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

export const inferRaw = (port: number, body: Buffer, headers: Record<string, string> = {}): Promise<Raw> =>
  new Promise((resolve, reject) => {
    const path = '/v2/models/churn/infer';
    const options = { host: '127.0.0.1', port, path, method: 'POST', headers: { ...caller, ...headers }, agent: false };
    const sent = httpRequest(options, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () =>
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });

export const texts = (...values: string[]): Buffer =>
  Buffer.concat(
    values.flatMap((value) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(value));
      return [length, Buffer.from(value)];
    }),
  );

/** The same request, every tensor as bytes. */
export const binaryRequest = (rest: object = {}) => {
  const parts = [
    Buffer.from(new Float32Array([3, 70]).buffer),
    Buffer.from(new Float32Array([88.5, 20]).buffer),
    texts('monthly', 'yearly'),
  ];
  const head = Buffer.from(
    JSON.stringify({
      inputs: ['tenure', 'monthly_charges', 'contract'].map((name, index) => ({
        name,
        datatype: name === 'contract' ? 'BYTES' : 'FP32',
        shape: [2, 1],
        parameters: { binary_data_size: parts[index]!.length },
      })),
      ...rest,
    }),
  );
  return {
    body: Buffer.concat([head, ...parts]),
    headers: { 'inference-header-content-length': String(head.length) },
  };
};
