import { type PipelineName, pipelineInputs } from '#contracts/pipelines.ts';
import type { Project, Schedules } from '#contracts/project.ts';
import type { Scheduler } from './ports.ts';

const scheduled = ['data', 'training', 'monitoring', 'scoring'] as const satisfies readonly (keyof Schedules &
  PipelineName)[];

/** What a schedule sends: retraining by the clock takes fresh data. */
const inputOf = (project: string, pipeline: (typeof scheduled)[number]): unknown =>
  pipeline === 'training'
    ? pipelineInputs.training.parse({ project, refreshData: true, reason: 'schedule' })
    : pipelineInputs[pipeline].parse({ project });

/**
 * Makes the clock start a project's pipelines as its file says; `schedules: false` takes all of them away, `scoring: false`
 * that one.
 */
export const setSchedules = async (scheduler: Scheduler, { name, schedules }: Project): Promise<void> => {
  await Promise.all(
    scheduled.map((pipeline) => {
      const expression = schedules === false ? false : schedules[pipeline];
      return expression === false
        ? scheduler.remove(name, pipeline)
        : scheduler.set({ project: name, pipeline, expression, input: inputOf(name, pipeline) });
    }),
  );
};
