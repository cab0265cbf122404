import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { LedgerStream } from '#core/serving/index.ts';

/** LedgerStream on a Firehose delivery stream: a packet is one record. */
export const firehoseLedger = (client: FirehoseClient, streamName: string): LedgerStream => ({
  put: async (packets) => {
    const Records = packets.map((packet) => ({ Data: Buffer.from(packet) }));
    const reply = await client.send(new PutRecordBatchCommand({ DeliveryStreamName: streamName, Records }));
    if (!reply.FailedPutCount) return [];
    // Replies stand in the order of the records.
    return packets.filter((_, index) => reply.RequestResponses?.[index]?.ErrorCode !== undefined);
  },
});
