import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

// Linux counts processor time in hundredths of a second.
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly parent: number;
  readonly seconds: number;
}

/** After the name in brackets, which may hold spaces: state, parent, …, user time, system time. */
const statOf = (pid: number): Stat | undefined => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND };
  } catch {
    return undefined; // it has ended
  }
};

const allStats = (): Map<number, Stat> => {
  const pids = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);
  return new Map(pids.flatMap((pid) => [statOf(pid)].flatMap((stat) => (stat ? [[pid, stat] as const] : []))));
};

/** Processor seconds used so far by a process and, apart from it, by all that it started and that still run. */
export interface ProcessorTime {
  readonly own: number;
  readonly started: number;
}

const hasAncestor = (stats: ReadonlyMap<number, Stat>, pid: number, wanted: number): boolean => {
  const parent = stats.get(pid)?.parent ?? 0;
  return parent === wanted || (parent > 1 && hasAncestor(stats, parent, wanted));
};

/** @throws where there is no /proc: only Linux tells the time of other processes so */
export const processorTime = (pid: number): ProcessorTime => {
  const stats = allStats();
  const below = [...stats].filter(([one]) => hasAncestor(stats, one, pid));
  return { own: stats.get(pid)?.seconds ?? 0, started: below.reduce((sum, [, { seconds }]) => sum + seconds, 0) };
};

/** What was used since. */
export const usedSince = (pid: number, before: ProcessorTime): ProcessorTime => {
  const now = processorTime(pid);
  return { own: now.own - before.own, started: now.started - before.started };
};

const QUIET_SHARE = 0.15;
const PATIENCE_SECONDS = 60;

/** Waits until a process and its children have done what they do when they start. */
export const untilQuiet = async (pid: number): Promise<void> => {
  for (let second = 0; second < PATIENCE_SECONDS; second += 1) {
    const before = processorTime(pid);
    await sleep(1_000);
    const { own, started } = usedSince(pid, before);
    if (own + started < QUIET_SHARE) return;
  }
};
