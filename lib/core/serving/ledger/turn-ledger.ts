import { PlatformError } from '#core/shared/index.ts';
import type { HeldLines, Journal, Ledger, LedgerCounts, LedgerTally, Notice } from '../ports.ts';
import type { AfterThisTurn } from '../tick-batch.ts';

export interface TurnLedgerDeps {
  readonly journal: Journal;
  /** Takes lines while the disk refuses them. */
  readonly held: HeldLines;
  readonly tally: Readonly<LedgerTally>;
  readonly afterThisTurn: AfterThisTurn;
  readonly notice: Notice;
  /** Bytes that may wait on disk before predictions are refused. */
  readonly mostBytes: number;
  /** Bytes that may wait in memory. */
  readonly mostHeldBytes: number;
}

/** What the records of one event-loop turn share: one write. */
interface Turn {
  readonly lines: string[];
  readonly written: Promise<void>;
}

/** Ledger on a journal: all lines of one event-loop turn are one synchronous write, so that no answer leaves before its record. */
export class TurnLedger implements Ledger {
  readonly #deps: TurnLedgerDeps;
  #turn: Turn | undefined;
  #written = 0;
  #refused = 0;
  #isDiskAway = false;

  constructor(deps: TurnLedgerDeps) {
    this.#deps = deps;
  }

  commit(lines: readonly string[]): Promise<void> {
    this.#turn ??= this.#newTurn();
    for (const line of lines) this.#turn.lines.push(line);
    return this.#turn.written;
  }

  refuseWhenFull(): void {
    const { journal, held, mostBytes, mostHeldBytes } = this.#deps;
    if (journal.bytes() < mostBytes && held.bytes() < mostHeldBytes) return;
    this.#refused += 1;
    throw this.#full();
  }

  counts(): LedgerCounts {
    const { delivered, repeated, lost, explained, unexplained } = this.#deps.tally;
    const waitingBytes = this.#deps.journal.bytes() + this.#deps.held.bytes();
    const own = { written: this.#written, refused: this.#refused, waitingBytes };
    return { ...own, delivered, repeated, lost, explained, unexplained };
  }

  #newTurn(): Turn {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#deps.afterThisTurn(() => {
      const turn = this.#turn;
      this.#turn = undefined;
      try {
        if (turn) this.#write(turn);
        resolve();
      } catch (error) {
        reject(error);
      }
    });
    return { lines: [], written: promise };
  }

  #write({ lines }: Turn): void {
    try {
      this.#deps.journal.append(lines);
      if (this.#isDiskAway) this.#deps.notice('ledger is kept on disk again', {});
      this.#isDiskAway = false;
    } catch (error) {
      this.#hold(lines, error);
    }
    this.#written += lines.length;
  }

  #hold(lines: readonly string[], error: unknown): void {
    const { held, mostHeldBytes, notice } = this.#deps;
    if (!this.#isDiskAway) notice('ledger not kept on disk: lines wait in memory', { reason: String(error) });
    this.#isDiskAway = true;
    const text = lines.map((line) => `${line}\n`).join('');
    if (held.bytes() + text.length > mostHeldBytes) {
      this.#refused += lines.length;
      throw this.#full();
    }
    held.hold(text);
  }

  #full(): PlatformError {
    const { journal, held, mostBytes, mostHeldBytes } = this.#deps;
    return new PlatformError(
      'LEDGER_FULL',
      `${journal.bytes()} bytes of prediction records wait on disk (${mostBytes} may) and ${held.bytes()} in memory (${mostHeldBytes} may), because the ledger's stream takes too few; ask again later`,
    );
  }
}
