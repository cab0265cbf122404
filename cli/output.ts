/** Columns under their heads, as wide as they need. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
};

/** A text on one line, cut with … @example clipped('abcdef', 4) // 'abc…' */
export const clipped = (text: string, most: number): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
};

/** Lines of a text, broken between words where they are longer than `most`. @example wrapped('a bc', 3) // ['a', 'bc'] */
export const wrapped = (text: string, most: number): string[] =>
  text.split('\n').flatMap((line) => line.match(new RegExp(`.{1,${most}}(?=\\s|$)|.{1,${most}}`, 'g')) ?? ['']);

/** @example duration(new Date(0), new Date(61_500)) // '1m 02s' */
export const duration = (from: Date, to: Date): string => {
  const seconds = (to.getTime() - from.getTime()) / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, '0')}s`;
};

/** The value as JSON when asked, else the text made of it. */
export const show = <T>(value: T, json: boolean | undefined, asText: (value: T) => string): void =>
  console.log(json ? JSON.stringify(value, null, 2) : asText(value));
