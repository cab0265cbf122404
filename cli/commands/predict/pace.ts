/** What a request should take: progress is seen, and a gateway that hangs up after 30 s is far away. */
const REQUEST_MS = 3_000;
/** Of the 1,000 rows that a request may hold. */
const MOST_ROWS = 250;
/** Explained rows before any were timed: one may take a tenth of a second, or a thousandth. */
const FIRST_EXPLAINED_ROWS = 10;

/** How many rows the next request holds, by what rows took before and by what was refused. */
export class Pace {
  #rows: number;

  constructor(explains: boolean) {
    this.#rows = explains ? FIRST_EXPLAINED_ROWS : MOST_ROWS;
  }

  /** 1 to 250. */
  get rows(): number {
    return this.#rows;
  }

  /** So many rows were answered. Twice as many may be asked next, at most. */
  took(rows: number, ms: number): void {
    const fitting = Math.floor((REQUEST_MS * rows) / Math.max(ms, 1));
    this.#rows = Math.max(Math.min(fitting, 2 * Math.max(rows, this.#rows), MOST_ROWS), 1);
  }

  /** So many rows were too much: half of them are asked next, or what the platform says it takes. */
  slower(rows: number, mostRows = rows): void {
    this.#rows = Math.max(Math.min(Math.floor(rows / 2), mostRows, this.#rows), 1);
  }
}
