import { countOf } from '../count-of.ts';

// Firehose takes 1,000 KiB a record, 4 MiB and 500 records a call, and bills records in steps of 5 KB, so lines share a
// record. UTF-8 needs up to 3 bytes a character: 1,300,000 × 3 stays below 4 MiB.
const PACKET_CHARACTERS = 64_000;
const CALL_CHARACTERS = 1_300_000;
/** A line that is longer must lose something before it can go. */
export const MOST_LINE_CHARACTERS = 320_000;

const END = '\n';

/** Where the packet that begins at a place ends: after its last whole line, or after one that is longer than a packet. */
const endOf = (text: string, from: number): number => {
  if (text.length - from <= PACKET_CHARACTERS) return text.length;
  const last = text.lastIndexOf(END, from + PACKET_CHARACTERS - 1);
  const end = last >= from ? last : text.indexOf(END, from);
  return end === -1 ? text.length : end + 1;
};

/** Whole lines as packets, in order; a line too long to share one stands alone. No line is looked at by itself. */
export const packetsOf = (text: string): string[] => {
  const packets: string[] = [];
  for (let from = 0; from < text.length; ) {
    const end = endOf(text, from);
    packets.push(text.slice(from, end));
    from = end;
  }
  return packets;
};

/** Packets as those of several calls. */
export const callsOf = (packets: readonly string[]): string[][] => {
  const calls: string[][] = [];
  let room = 0;
  for (const packet of packets) {
    const last = calls.at(-1);
    const isNext = last === undefined || packet.length > room;
    if (isNext) calls.push([packet]);
    else last.push(packet);
    room = (isNext ? CALL_CHARACTERS : room) - packet.length;
  }
  return calls;
};

/** How many lines packets hold. */
export const countLines = (packets: readonly string[]): number =>
  packets.reduce((sum, packet) => sum + countOf(END, packet), 0);

/** The lines of a text, each with its end. */
export const linesOf = (text: string): string[] =>
  text
    .split(END)
    .filter(Boolean)
    .map((line) => line + END);

/**
 * A packet within the stream's limit: a line too long goes without its explanation, then without its inputs; undefined
 * when nothing helps.
 */
export const withinLimit = (packet: string): string | undefined => {
  if (packet.length <= MOST_LINE_CHARACTERS) return packet;
  try {
    const { explanation: _, ...record } = JSON.parse(packet);
    const shorter = [record, { ...record, inputs: {} }].map((one) => `${JSON.stringify(one)}\n`);
    return shorter.find((one) => one.length <= MOST_LINE_CHARACTERS);
  } catch {
    return undefined;
  }
};
