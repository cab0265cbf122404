import type { TreeParts } from '#contracts/explanation-files.ts';
import type { RowExplanation } from '../../ports.ts';
import type { Forest } from './forest.ts';
import type { LeafGame } from './game.ts';
import type { Paths } from './paths.ts';

type Sums = Pick<RowExplanation, 'explained' | 'values'>;

export interface Leaves {
  readonly parts: TreeParts;
  readonly forest: Forest;
  readonly paths: Paths;
  readonly game: LeafGame;
  /** Background rows, whose games are added up. */
  readonly rows: number;
}

/** Adds up what leaves tell of one row after another. */
export class LeafSums {
  readonly #leaves: Leaves;
  readonly #outputs: number;
  #values = new Float64Array(0);
  #explained = new Float64Array(0);

  constructor(leaves: Leaves) {
    this.#leaves = leaves;
    this.#outputs = leaves.parts.outputs.length;
  }

  /** Sums of the next row, which grow from here. */
  begin(): Sums {
    const { base, columns } = this.#leaves.parts;
    this.#explained = Float64Array.from(base);
    this.#values = new Float64Array(columns.length * this.#outputs);
    return { explained: this.#explained, values: this.#values };
  }

  /** A leaf that columns of two words keep the row from: none where the row comes to it. */
  add(leaf: number, low: number, high: number): void {
    const { game, forest } = this.#leaves;
    if (low === 0 && high === 0) this.#reach(leaf);
    if (!game.play(leaf, low, high)) return;
    const output = forest.output[leaf] as number;
    if (output >= 0) this.#addGame(leaf, output);
    else for (let each = 0; each < this.#outputs; each += 1) this.#addGame(leaf, each);
  }

  #reach(leaf: number): void {
    const { values } = this.#leaves.forest;
    for (let output = 0; output < this.#outputs; output += 1)
      this.#explained[output] = (this.#explained[output] as number) + (values[leaf * this.#outputs + output] as number);
  }

  #addGame(leaf: number, output: number): void {
    const { forest, paths, game, rows } = this.#leaves;
    const first = paths.starts[leaf] as number;
    const end = paths.starts[leaf + 1] as number;
    const told = (forest.values[leaf * this.#outputs + output] as number) / rows;
    const values = this.#values;
    for (let slot = first; slot < end; slot += 1) {
      const cell = (paths.columns[slot] as number) * this.#outputs + output;
      values[cell] = (values[cell] as number) + (game.values[slot - first] as number) * told;
    }
  }
}
