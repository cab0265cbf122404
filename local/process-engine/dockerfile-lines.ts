/** One instruction of a Dockerfile, its continued lines joined. */
export interface Instruction {
  /** In capitals: FROM, CMD… */
  readonly name: string;
  readonly text: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

const isComment = (line: string): boolean => /^\s*#/.test(line);

/** Ends of the here-documents that a line opens: `RUN <<EOF` reads up to a line `EOF`. */
const hereEnds = (text: string): string[] => [...text.matchAll(/<<-?\s*["']?(\w+)["']?/g)].map(([, end = '']) => end);

const skipHereDocuments = (lines: readonly string[], from: number, ends: readonly string[]): number => {
  let at = from;
  for (const end of ends) {
    while (at < lines.length && lines[at]?.trim() !== end) at += 1;
    at += 1;
  }
  return at;
};

const joinContinued = (lines: readonly string[], from: number): { text: string; next: number } => {
  let text = '';
  let at = from;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (at > from && (isComment(line) || line.trim() === '')) continue; // Docker drops both inside a continuation
    text += line.replace(/\\\s*$/, '');
    if (!/\\\s*$/.test(line)) break;
  }
  return { text: text.trim(), next: at + 1 };
};

/** The instructions of a Dockerfile in order, without comments, blank lines and here-documents. */
export const instructionsOf = (source: string): Instruction[] => {
  const lines = source.split(/\r?\n/);
  const found: Instruction[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    if (isComment(line) || line.trim() === '') {
      at += 1;
      continue;
    }
    const { text, next } = joinContinued(lines, at);
    const [, name = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
    found.push({ name: name.toUpperCase(), text: rest, line: at + 1 });
    at = /^(RUN|COPY|ADD)$/i.test(name) ? skipHereDocuments(lines, next, hereEnds(rest)) : next;
  }
  return found;
};
