type Cell = string | number;

const shown = (cell: Cell): string => (typeof cell === 'number' ? cell.toFixed(cell < 10 ? 2 : 0) : cell);

/** Prints rows under their headings, numbers to the right. @example printTable(['door', 'ms'], [['a', 1.5]]) */
export const printTable = (headings: readonly string[], rows: readonly (readonly Cell[])[]): void => {
  const lines = [headings, ...rows.map((row) => row.map(shown))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const isNumber = (column: number): boolean => rows.some((row) => typeof row[column] === 'number');
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    console.log(cells.join('  ').trimEnd());
  }
};

/** The middle value. @example median([3, 1, 2]) // 2 */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
