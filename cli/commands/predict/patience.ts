const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** While nothing at all was answered. */
const MOST_STILL_MS = 5 * 60_000;

interface PatienceOptions {
  /** Hears of each wait. */
  readonly onWait: (why: unknown) => void;
  /** @default Date.now */
  readonly nowMs?: () => number;
  /** @default a timer */
  readonly sleep?: (ms: number) => Promise<void>;
}

const timer = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits while the platform is busy, for as long as some of the work moves, and some minutes more. */
export class Patience {
  readonly #options: PatienceOptions;
  #hasMoved = false;
  #waits = 0;
  /** The first refusal since something moved. */
  #stillSinceMs: number | undefined;
  #isOver = false;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Whether anything was answered yet. */
  get hasMoved(): boolean {
    return this.#hasMoved;
  }

  moved(): void {
    this.#hasMoved = true;
    this.#waits = 0;
    this.#stillSinceMs = undefined;
  }

  /** Nobody waits any longer: for requests that are under way when another has ended the work. */
  end(): void {
    this.#isOver = true;
  }

  /** Longer each time, and by chance, so that those who wait come back one by one. @throws why, when it lasts too long */
  async wait(why: unknown): Promise<void> {
    const { onWait, nowMs = Date.now, sleep = timer } = this.#options;
    this.#stillSinceMs ??= nowMs();
    if (this.#isOver || nowMs() - this.#stillSinceMs > MOST_STILL_MS) throw why;
    onWait(why);
    const most = Math.min(FIRST_WAIT_MS * 2 ** this.#waits, LONGEST_WAIT_MS);
    this.#waits += 1;
    await sleep(most * (0.5 + Math.random() / 2));
    if (this.#isOver) throw why;
  }
}
