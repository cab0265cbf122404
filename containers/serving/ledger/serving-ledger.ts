import { join } from 'node:path';
import { claimFolder, DiskJournal } from '#adapters/disk/journal/index.ts';
import { type HeldLines, type Ledger, type ModelSource, type Notice, TurnLedger } from '#core/serving/index.ts';
import type { Ids } from '#core/shared/index.ts';
import { newTallyMemory, sharedTally } from './shared-tally.ts';
import type { Shipping, ShippingHub, StartShipping } from './shipping.ts';

export interface ServingLedgerOptions {
  /** Below it, every process has a folder. @example '/tmp/mlops-serving/ledger' */
  readonly root: string;
  /** Bytes that may wait on disk. @default 512 MiB */
  readonly mostBytes?: number | undefined;
}

export interface ServingLedgerDeps {
  readonly ship: StartShipping;
  /** Where models to explain with come from. */
  readonly models: Pick<ModelSource, 'fetch'>;
  readonly ids: Pick<Ids, 'ulid'>;
  readonly notice: Notice;
}

export interface ServingLedger {
  readonly ledger: Ledger;
  /** To be called about every second; never throws. */
  beat(): Promise<void>;
  /** Ships what it can until `late`, which comes within that time; the rest waits on disk for the next process. */
  drain(late: Promise<unknown>, lateMs: number): Promise<void>;
}

const MIB = 1_024 * 1_024;
const MOST_BYTES = 512 * MIB;
const MOST_HELD_BYTES = 8 * MIB;

interface Held extends HeldLines {
  taken(id: string): void;
  records(): number;
}

/** Lines that the disk refused, until the stream has them. */
const heldLines = (shipping: () => Shipping, ids: Pick<Ids, 'ulid'>): Held => {
  const held = new Map<string, string>();
  let total = 0;
  return {
    hold: (lines) => {
      const id = ids.ulid();
      held.set(id, lines);
      total += lines.length;
      shipping().hold(id, lines);
    },
    taken: (id) => {
      total -= held.get(id)?.length ?? 0;
      held.delete(id);
    },
    bytes: () => total,
    records: () => [...held.values()].reduce((sum, lines) => sum + lines.split('\n').length - 1, 0),
  };
};

/** A folder of one's own; where the disk refuses even that, lines are held in memory. */
const claim = async (root: string, { ids, notice }: ServingLedgerDeps): Promise<string> => {
  const name = ids.ulid();
  try {
    return await claimFolder(root, name);
  } catch (error) {
    notice('ledger folder not made', { root, reason: String(error) });
    return join(root, name);
  }
};

/** The ledger of a serving process: a journal on disk, and what ships it. */
export const servingLedger = async (deps: ServingLedgerDeps, options: ServingLedgerOptions): Promise<ServingLedger> => {
  const { ids, notice } = deps;
  const { root, mostBytes = MOST_BYTES } = options;
  const folder = await claim(root, deps);
  const memory = newTallyMemory();
  const held = heldLines(() => shipping, ids);
  const hub: ShippingHub = {
    files: (modelUri) => deps.models.fetch(modelUri).catch(() => undefined),
    taken: held.taken,
    notice,
  };
  const shipping = deps.ship({ root, folder, tally: memory, plainAboveBytes: mostBytes / 2 }, hub);
  const journal = new DiskJournal({ folder, nextName: () => ids.ulid(), notice });
  const tally = sharedTally(memory);
  const limits = { mostBytes, mostHeldBytes: MOST_HELD_BYTES };
  return {
    ledger: new TurnLedger({ journal, held, tally, afterThisTurn: setImmediate, notice, ...limits }),
    beat: () => journal.beat(),
    drain: async (late, lateMs) => {
      journal.close();
      await Promise.race([shipping.drain(lateMs), late]);
      await Promise.race([shipping.stop(), late]);
      const records = held.records();
      if (records === 0) return;
      tally.lost += records;
      notice('ledger records lost: neither the disk nor the stream took them', { records });
    },
  };
};
