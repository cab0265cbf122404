import type { DoorName } from '#infra/doors.ts';
import { containers, environmentOf, killHard, lambdaWorkers, ticksOf, until } from './processes.ts';
import { functionOf } from './roles.ts';

/** Processor time, in hundredths of a second, after which a process is surely in the middle of its work. */
const functionBusyAfter = 3;
const taskBusyAfter = 100;

/**
 * Watches a function's warm processes; the first that works is killed. Answers how to wait for that.
 * Must have been called before, so that there is a warm one: a process that dies at its start is another fault.
 */
export const killFunctionInWork = async (door: DoorName): Promise<() => Promise<number>> => {
  const { FunctionName = '' } = await functionOf(door);
  const idle = lambdaWorkers(FunctionName).map((pid) => ({ pid, ticks: ticksOf(pid) }));
  if (idle.length === 0) throw new Error(`no warm process of ${door}`);
  const killed = until(() => {
    const busy = idle.find(({ pid, ticks }) => ticksOf(pid) >= ticks + functionBusyAfter);
    if (busy) killHard(busy.pid);
    return busy?.pid;
  }, `work of ${door}`);
  return () => killed;
};

const taskOf = (specUri: string, known: ReadonlySet<number>): number | undefined =>
  containers('training').find((pid) => !known.has(pid) && environmentOf(pid).JOB_SPEC_URI === specUri);

/** Kills a training job's process in the middle of its work, as often as it is started again, `times` in all. */
export const killTasksInWork = async (specUri: string, times: number): Promise<number> => {
  const killed = new Set<number>();
  while (killed.size < times) {
    const pid = await until(() => taskOf(specUri, killed), `attempt ${killed.size + 1} of ${specUri}`, 120_000);
    await until(() => (ticksOf(pid) >= taskBusyAfter ? true : undefined), `work of ${specUri}`);
    killHard(pid);
    killed.add(pid);
  }
  return killed.size;
};
