import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Balancer } from './balancer.ts';
import { startTask, type Task } from './fleet.ts';
import type { GateMode } from './gate.ts';
import type { Stage } from './stage.ts';

/** What a scenario may do while the load runs. */
export interface Chaos {
  readonly stage: Stage;
  /** The tasks that run, by their place. */
  readonly tasks: Task[];
  /** Starts the task of a place again: the same folder, as a task on the same machine would find it. */
  restart(place: number): Promise<void>;
  /** A third of the load's time. */
  readonly third: number;
}

export interface Scenario {
  /** How many tasks serve. */
  readonly tasks: number;
  /** Requests may be refused or broken meanwhile, because what they need is away. @default false */
  readonly mayRefuse?: boolean;
  act(chaos: Chaos): Promise<void>;
}

const callerHeaders = { 'x-caller-id': 'bench', 'x-caller-role': 'viewer' } as const;

const useTasks = (balancer: Balancer, tasks: readonly Task[]): void => {
  balancer.targets = tasks.map(({ url }) => ({ url, headers: callerHeaders }));
};

export interface Fleet extends Pick<Chaos, 'tasks' | 'restart'> {
  stop(): Promise<void>;
}

/** So many tasks behind the balancer, each with a folder of its own. */
export const startFleet = async (stage: Stage, balancer: Balancer, count: number): Promise<Fleet> => {
  const folder = mkdtempSync(join(tmpdir(), 'serving-fleet-'));
  const tasks: Task[] = [];
  const start = async (place: number): Promise<Task> =>
    startTask({ stage, folder: join(folder, String(place)), name: `serving-${place}` });
  const restart = async (place: number): Promise<void> => {
    tasks[place] = await start(place);
    useTasks(balancer, tasks);
  };
  const stop = async (): Promise<void> => {
    await Promise.all(tasks.map((task) => task.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (let place = 0; place < count; place += 1) await restart(place);
  } catch (error) {
    await stop();
    throw error;
  }
  return { tasks, restart, stop };
};

const dynamo =
  (part: 'store' | 'registry', mode: GateMode): Scenario['act'] =>
  async ({ stage, third }) => {
    stage.gates?.dynamo.set(part, mode);
    await sleep(third);
    stage.gates?.dynamo.set(part, 'open');
  };

const firehose =
  (mode: string): Scenario['act'] =>
  async ({ stage, third }) => {
    const set = (body: string) => fetch(stage.sink.url, { method: 'PUT', body });
    await set(mode);
    await sleep(third);
    await set('take');
  };

const SWAPS = 8;

/** What may happen to a fleet. The load runs a third of its time before, during and after. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'nothing happens': { tasks: 1, act: async () => undefined },
  'kill -9 of one of two tasks': {
    tasks: 2,
    act: async ({ tasks, restart }) => {
      tasks[0]?.signal('SIGKILL');
      await restart(0);
    },
  },
  'kill -9 of the only task': {
    tasks: 1,
    mayRefuse: true,
    act: async ({ tasks, restart }) => {
      tasks[0]?.signal('SIGKILL');
      await restart(0);
    },
  },
  'drain (SIGTERM) of one of two tasks': {
    tasks: 2,
    act: async ({ tasks, restart }) => {
      tasks[0]?.signal('SIGTERM');
      await restart(0);
    },
  },
  'versions are swapped': {
    tasks: 1,
    act: async ({ stage, third }) => {
      for (let swap = 0; swap < SWAPS; swap += 1) {
        await stage.deploy([{ version: swap % 2 === 0 ? 2 : 1, weight: 100 }]);
        await sleep(third / SWAPS);
      }
    },
  },
  'store away': { tasks: 1, mayRefuse: true, act: dynamo('store', 'away') },
  'store hangs': { tasks: 1, mayRefuse: true, act: dynamo('store', 'hang') },
  'registry away': { tasks: 1, act: dynamo('registry', 'away') },
  'registry hangs': { tasks: 1, act: dynamo('registry', 'hang') },
  'S3 away, new version': {
    tasks: 1,
    act: async ({ stage, third }) => {
      stage.gates?.s3.set('s3', 'away');
      await stage.deploy([{ version: 2, weight: 100 }]);
      await sleep(third);
      stage.gates?.s3.set('s3', 'open');
    },
  },
  'kill -9 while registry and S3 are away': {
    tasks: 2,
    act: async ({ stage, tasks, restart }) => {
      stage.gates?.dynamo.set('registry', 'away');
      stage.gates?.s3.set('s3', 'away');
      tasks[0]?.signal('SIGKILL');
      await restart(0);
      stage.gates?.dynamo.set('registry', 'open');
      stage.gates?.s3.set('s3', 'open');
    },
  },
  'Firehose away': { tasks: 1, act: firehose('refuse') },
  'Firehose hangs': { tasks: 1, act: firehose('hang') },
  'Firehose takes two of three': { tasks: 1, act: firehose('some') },
  'Firehose away, then kill -9': {
    tasks: 2,
    act: async (chaos) => {
      await fetch(chaos.stage.sink.url, { method: 'PUT', body: 'refuse' });
      await sleep(chaos.third / 2);
      chaos.tasks[0]?.signal('SIGKILL');
      await chaos.restart(0);
      await fetch(chaos.stage.sink.url, { method: 'PUT', body: 'take' });
    },
  },
};
