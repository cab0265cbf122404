import { type PipelineName, pipelineInputs } from '#contracts/pipelines.ts';
import type { Project, Schedules } from '#contracts/project.ts';
import type { Scheduler } from './ports.ts';

const scheduled = ['data', 'training', 'monitoring'] as const satisfies readonly (keyof Schedules & PipelineName)[];

/** What a schedule sends: retraining by the clock takes fresh data. */
const inputOf = (project: string, pipeline: (typeof scheduled)[number]): unknown =>
  pipeline === 'training'
    ? pipelineInputs.training.parse({ project, refreshData: true, reason: 'schedule' })
    : pipelineInputs[pipeline].parse({ project });

/** Makes the clock start a project's pipelines as its file says; `schedules: false` takes all of them away. */
export const setSchedules = async (scheduler: Scheduler, { name, schedules }: Project): Promise<void> => {
  await Promise.all(
    scheduled.map((pipeline) =>
      schedules === false
        ? scheduler.remove(name, pipeline)
        : scheduler.set({ project: name, pipeline, expression: schedules[pipeline], input: inputOf(name, pipeline) }),
    ),
  );
};
