import { PlatformError } from '#core/shared/errors.ts';
import type { FeatureRow } from './feature-row.ts';
import { scalar } from './scalar.ts';

/** A cell, or the end of a line: quoted with doubled quotes inside, or plain. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

interface Line {
  readonly number: number;
  readonly cells: readonly string[];
}

/** Lines of RFC 4180. @throws INVALID_REQUEST that names the line */
const linesOf = (file: string, text: string): Line[] => {
  const lines: Line[] = [];
  let cells: string[] = [];
  let number = 1;
  for (CELL.lastIndex = 0; CELL.lastIndex < text.length; ) {
    const from = CELL.lastIndex;
    const [whole = '', quoted, plain = '', end] = CELL.exec(text) ?? [];
    if (end === undefined)
      throw new PlatformError(
        'INVALID_REQUEST',
        `${file}:${number}: a quote is not closed, or text stands behind one; write "" for a quote inside quotes`,
      );
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') {
      lines.push({ number, cells });
      cells = [];
    } else if (CELL.lastIndex === text.length) cells.push('');
    number += text.slice(from, from + whole.length).split('\n').length - 1;
  }
  return cells.length > 0 ? [...lines, { number, cells }] : lines;
};

const rowOf = (head: readonly string[], cells: readonly string[]): FeatureRow =>
  Object.fromEntries(head.flatMap((name, i) => (cells[i] ? [[name, scalar(cells[i])]] : [])));

/**
 * Rows of a CSV file with a head. An empty cell is a field that is not there; `null` says "known to be missing".
 * @throws INVALID_REQUEST when a line has more or fewer cells than the head
 */
export const csvRows = (file: string, text: string): FeatureRow[] => {
  const [first, ...lines] = linesOf(file, text.replace(/^\uFEFF/, ''));
  const head = first?.cells ?? [];
  const full = lines.filter(({ cells }) => cells.length > 1 || cells[0] !== '' || head.length === 1);
  return full.map(({ number, cells }) => {
    if (cells.length === head.length) return rowOf(head, cells);
    const message = `${file}:${number}: ${cells.length} cells under a head of ${head.length}; quote cells that hold a comma`;
    throw new PlatformError('INVALID_REQUEST', message);
  });
};
