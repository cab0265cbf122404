import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ServingTask,
  type ServingTaskOptions,
  startServingTask,
} from '../../../containers/serving/serving-task.ts';
import { type Outside, outside } from './serving-fakes.ts';

/** Everything outside of tasks, a folder for what they cache, and the tasks themselves. */
export interface ServingWorld {
  readonly made: Outside;
  readonly cacheDir: string;
  /** Starts a task; several one after the other share the folder. A test may stop it itself. */
  start(options?: Partial<ServingTaskOptions>): Promise<ServingTask>;
  /** Stops what still runs and removes the folder. */
  close(): Promise<void>;
}

const stoppedOnce = ({ port, stop }: ServingTask): ServingTask => {
  let stopping: Promise<void> | undefined;
  return {
    port,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
};

/** For suites whose tests share it. @example beforeAll(async () => { world = await openWorld(); }); afterAll(() => world.close()) */
export const openWorld = async (): Promise<ServingWorld> => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'serving-'));
  const made = await outside();
  const tasks: ServingTask[] = [];
  return {
    made,
    cacheDir,
    start: async (options = {}) => {
      const common = { host: '127.0.0.1', port: 0, cacheDir, beatMs: 20, noticeMs: 0 };
      const task = stoppedOnce(await startServingTask(made.deps(), { ...common, ...options }));
      tasks.push(task);
      return task;
    },
    close: async () => {
      await Promise.all(tasks.map((task) => task.stop()));
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
};

/** A world with a life of one test, in which nothing runs yet. */
export const withWorld = (work: (world: ServingWorld) => Promise<void>) => async (): Promise<void> => {
  const world = await openWorld();
  try {
    await work(world);
  } finally {
    await world.close();
  }
};

/** A task with a life of one test. */
export const withTask = (work: (made: Outside, task: ServingTask, cacheDir: string) => Promise<void>) =>
  withWorld(async ({ made, cacheDir, start }) => work(made, await start(), cacheDir));
