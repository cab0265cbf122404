/** Spread of orders of one background row, as those with two tell it. */
export class Spread {
  readonly #sum: Float64Array;
  readonly #seen: Float64Array;
  /** Background rows with one order whose error is like the others'. */
  readonly #ones: Float64Array;
  /** Squares of what those say: at least their variance, where no row with two tells it. */
  readonly #squares: Float64Array;

  constructor(cells: number) {
    const room = () => new Float64Array(cells);
    [this.#sum, this.#seen, this.#ones, this.#squares] = [room(), room(), room(), room()];
  }

  /** Variance of one order, from two. */
  two(cell: number, one: number, other: number): void {
    this.#sum[cell] = (this.#sum[cell] as number) + (one - other) ** 2 / 2;
    this.#seen[cell] = (this.#seen[cell] as number) + 1;
  }
  one(cell: number, change: number): void {
    this.#ones[cell] = (this.#ones[cell] as number) + 1;
    this.#squares[cell] = (this.#squares[cell] as number) + change ** 2;
  }
  /** Standard errors of the mean over so many background rows. */
  errors(rows: number): Float64Array {
    return this.#sum.map((sum, cell) => {
      const [seen, ones] = [this.#seen[cell] as number, this.#ones[cell] as number];
      const others = seen > 0 ? (ones * sum) / seen : (this.#squares[cell] as number);
      return Math.sqrt(sum / 2 + others) / rows;
    });
  }
}
