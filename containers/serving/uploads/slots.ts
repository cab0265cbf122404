import { PlatformError } from '#core/shared/index.ts';

export interface SlotLimits {
  /** How many work at once. */
  readonly atOnce: number;
  /** How many may wait; one more is refused. */
  readonly waiting: number;
  /** How long one waits, milliseconds. */
  readonly patienceMs: number;
}

/** So many at once, the others in the order they came. */
export class Slots {
  readonly #limits: SlotLimits;
  readonly #line: (() => void)[] = [];
  #taken = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Works when there is a place. @throws UNAVAILABLE when too many wait, or for too long */
  async with<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken < this.#limits.atOnce) this.#taken += 1;
    else await this.#turn();
    try {
      return await work();
    } finally {
      // Whoever is next takes over the place.
      const next = this.#line.shift();
      if (next) next();
      else this.#taken -= 1;
    }
  }

  #turn(): Promise<void> {
    if (this.#line.length >= this.#limits.waiting) throw this.#full();
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        clearTimeout(late);
        resolve();
      };
      const late = setTimeout(() => {
        this.#line.splice(this.#line.indexOf(turn), 1);
        reject(this.#full());
      }, this.#limits.patienceMs);
      this.#line.push(turn);
    });
  }

  #full(): PlatformError {
    const { atOnce, waiting } = this.#limits;
    return new PlatformError(
      'UNAVAILABLE',
      `this task takes ${atOnce} files at once and has ${waiting} more wait; send the file again`,
    );
  }
}
