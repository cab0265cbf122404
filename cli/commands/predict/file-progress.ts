import { PlatformRequestError } from '#sdk/index.ts';
import type { Answer } from './ask-rows.ts';

/** Between two lines, where they are written one below the other. */
const LINE_EVERY_MS = 15_000;

const codeOf = (why: unknown): string => (why instanceof PlatformRequestError ? why.code : String(why));

/** What became of the rows of a file, told on stderr: one line that is written over, where somebody looks at it. */
export class FileProgress {
  readonly #of: number;
  readonly #refused = new Map<string, number>();
  #rows = 0;
  #toldMs = Date.now();
  #width = 0;

  constructor(of: number) {
    this.#of = of;
  }

  get isGood(): boolean {
    return this.#rows === this.#of && this.#refused.size === 0;
  }

  answered(answers: readonly Answer[]): void {
    this.#rows += answers.length;
    for (const answer of answers)
      if ('error' in answer) this.#refused.set(answer.error.code, (this.#refused.get(answer.error.code) ?? 0) + 1);
    this.#tell('');
  }

  waits(why: unknown): void {
    this.#tell(`, the platform is busy (${codeOf(why)}): asking again`);
  }

  /** The last line. */
  end(): void {
    const codes = [...this.#refused].map(([code, times]) => `${times} ${code}`).join(', ');
    const rows = this.#rows === this.#of ? `${this.#rows} rows` : `the first ${this.#rows} of ${this.#of} rows`;
    if (this.#width > 0) process.stderr.write('\n');
    console.error(`${rows} answered${codes && `, of them refused: ${codes}`}`);
  }

  #tell(more: string): void {
    const line = `${this.#rows} of ${this.#of} rows${more}`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r${line.padEnd(this.#width)}`);
      this.#width = line.length;
    } else if (Date.now() - this.#toldMs >= LINE_EVERY_MS) {
      console.error(line);
      this.#toldMs = Date.now();
    }
  }
}
