import type { LedgerRecord } from '#contracts/serving.ts';
import type { LedgerStream } from './ports.ts';

// Firehose takes 1,000 KiB a record and 4 MiB a call and bills records in steps of 5 KB, so lines share a record.
// UTF-8 needs up to 3 bytes a character: 20 × 64,000 × 3 stays below 4 MiB.
const PACKET_CHARACTERS = 64_000;
const PACKETS_A_CALL = 20;
const MOST_LINE_CHARACTERS = 60_000;

/** A record as a line of the ledger. */
export const toLine = (record: LedgerRecord): string => {
  const line = `${JSON.stringify(record)}\n`;
  // One record above the stream's limit would have the whole call refused again and again.
  return line.length <= MOST_LINE_CHARACTERS ? line : `${JSON.stringify({ ...record, inputs: {} })}\n`;
};

/** Joins lines into packets of at most 64,000 characters (a longer line stands alone), order kept. */
export const packLines = (lines: readonly string[]): string[] => {
  const packets: string[] = [];
  let packet = '';
  for (const line of lines) {
    if (packet.length > 0 && packet.length + line.length > PACKET_CHARACTERS) {
      packets.push(packet);
      packet = '';
    }
    packet += line;
  }
  return packet.length > 0 ? [...packets, packet] : packets;
};

const unpack = (packets: readonly string[]): string[] =>
  packets.flatMap((packet) => packet.split('\n').filter(Boolean)).map((line) => `${line}\n`);

/** Sends every packet, call by call; answers the lines that were not taken. */
export const send = async (stream: LedgerStream, lines: readonly string[]): Promise<string[]> => {
  const packets = packLines(lines);
  for (let start = 0; start < packets.length; start += PACKETS_A_CALL) {
    const call = packets.slice(start, start + PACKETS_A_CALL);
    const left = await stream.put(call).catch(() => call);
    // The stream is away or throttles: what comes after can wait too.
    if (left.length > 0) return unpack([...left, ...packets.slice(start + PACKETS_A_CALL)]);
  }
  return [];
};
