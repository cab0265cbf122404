import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { LedgerStream } from '#core/serving/index.ts';

/** LedgerStream on a Firehose delivery stream: a packet is one record. */
export const firehoseLedger = (client: FirehoseClient, streamName: string): LedgerStream => ({
  put: async (packets) => {
    const Records = packets.map((packet) => ({ Data: Buffer.from(packet) }));
    const reply = await client.send(new PutRecordBatchCommand({ DeliveryStreamName: streamName, Records }));
    if (!reply.FailedPutCount) return [];
    // Replies stand in the order of the records: one that is not told of was not taken for certain.
    const told = reply.RequestResponses ?? [];
    return packets.filter((_, index) => told[index]?.RecordId === undefined || told[index]?.ErrorCode !== undefined);
  },
});
