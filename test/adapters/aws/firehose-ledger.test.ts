import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { firehoseLedger } from '#adapters/aws/firehose-ledger.ts';

const client = new FirehoseClient({ region: 'us-east-1' });
const mock = mockClient(client);
beforeEach(() => {
  mock.reset();
});
const ledger = firehoseLedger(client, 'ledger');

describe('the ledger stream on Firehose', () => {
  it('gives each packet as one record', async () => {
    mock.on(PutRecordBatchCommand).resolvesOnce({ FailedPutCount: 0, RequestResponses: [{ RecordId: '1' }] });
    expect(await ledger.put(['{"a":"Zoë"}\n'])).toEqual([]);
    const { input } = mock.commandCalls(PutRecordBatchCommand)[0]!.args[0];
    expect(input.DeliveryStreamName).toBe('ledger');
    expect(input.Records?.map(({ Data }) => Buffer.from(Data ?? []).toString('utf8'))).toEqual(['{"a":"Zoë"}\n']);
  });

  it('hands back the packets that were not taken', async () => {
    const RequestResponses = [{ RecordId: '1' }, { ErrorCode: 'ServiceUnavailableException' }, { RecordId: '3' }];
    mock.on(PutRecordBatchCommand).resolvesOnce({ FailedPutCount: 1, RequestResponses });
    expect(await ledger.put(['a\n', 'b\n', 'c\n'])).toEqual(['b\n']);
  });

  it('hands back what a reply says nothing of, rather than take it for delivered', async () => {
    mock
      .on(PutRecordBatchCommand)
      .resolvesOnce({ FailedPutCount: 1, RequestResponses: [{ RecordId: '1' }] })
      .resolvesOnce({ FailedPutCount: 2, RequestResponses: undefined });
    expect(await ledger.put(['a\n', 'b\n'])).toEqual(['b\n']);
    expect(await ledger.put(['a\n', 'b\n'])).toEqual(['a\n', 'b\n']);
  });
});
