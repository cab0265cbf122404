// Firehose takes 1,000 KiB a record, 4 MiB and 500 records a call, and bills records in steps of 5 KB, so lines share a
// record. UTF-8 needs up to 3 bytes a character: 1,300,000 × 3 stays below 4 MiB.
const PACKET_CHARACTERS = 64_000;
const CALL_CHARACTERS = 1_300_000;
/** A line that is longer must lose something before it can go. */
export const MOST_LINE_CHARACTERS = 320_000;

/** Joins texts to groups of at most so many characters; a longer one stands alone. Order is kept. */
const groups = (texts: readonly string[], most: number): string[][] => {
  const made: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const last = made.at(-1);
    const isNext = last === undefined || text.length > room;
    if (isNext) made.push([text]);
    else last.push(text);
    room = (isNext ? most : room) - text.length;
  }
  return made;
};

/** Lines as the packets of several calls. */
export const callsOf = (lines: readonly string[]): string[][] =>
  groups(
    groups(lines, PACKET_CHARACTERS).map((packet) => packet.join('')),
    CALL_CHARACTERS,
  );

/** The lines of packets. */
export const linesOf = (packets: readonly string[]): string[] =>
  packets.flatMap((packet) => packet.split('\n').filter(Boolean)).map((line) => `${line}\n`);

/** A line within the stream's limit: without its explanation, then without its inputs; undefined when nothing helps. */
export const withinLimit = (line: string): string | undefined => {
  if (line.length <= MOST_LINE_CHARACTERS) return line;
  try {
    const { explanation: _, ...record } = JSON.parse(line);
    const shorter = [record, { ...record, inputs: {} }].map((one) => `${JSON.stringify(one)}\n`);
    return shorter.find((one) => one.length <= MOST_LINE_CHARACTERS);
  } catch {
    return undefined;
  }
};
