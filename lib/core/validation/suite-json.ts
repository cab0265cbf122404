import { PlatformError } from '../shared/errors.ts';

interface Place {
  readonly line: number;
  readonly column: number;
}

const placeOf = (text: string, position: number): Place => {
  const before = text.slice(0, position);
  return { line: before.split('\n').length, column: position - before.lastIndexOf('\n') };
};

const problemIn = (json: string): string | undefined => {
  try {
    JSON.parse(json);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Could the text still become JSON, if only it went on? */
const mayGoOn = (beginning: string): boolean => {
  const problem = problemIn(beginning);
  if (problem === undefined || /Unexpected end|Unterminated/.test(problem)) return true;
  const [, position] = /at position (\d+)/.exec(problem) ?? [];
  return position !== undefined && Number(position) >= beginning.length;
};

// The engine tells the position only at times: the longest beginning that may go on ends just before it.
const breaksAt = (text: string): Place => {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (mayGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return placeOf(text, Math.min(good, text.length));
};

/** Reads a suite's JSON. @throws SUITE_INVALID with the line and the column where it breaks */
export const parseSuiteJson = (text: string, file: string): unknown => {
  // Editors on Windows put a byte order mark before it.
  const json = text.replace(/^\uFEFF/, '');
  const message = problemIn(json);
  if (message === undefined) return JSON.parse(json);
  const place = breaksAt(json);
  const line = json.split('\n')[place.line - 1] ?? '';
  const from = Math.max(0, place.column - 60);
  const shown = `\n  ${line.slice(from, from + 120)}\n  ${' '.repeat(place.column - 1 - from)}^`;
  const words = message.replace(/ in JSON at position.*$|, (\.\.\.)?".*$/s, '');
  throw new PlatformError(
    'SUITE_INVALID',
    `${file}, line ${place.line}, column ${place.column}: is not JSON: ${words}${shown}`,
    { file, ...place },
  );
};
