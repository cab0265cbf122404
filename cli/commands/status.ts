import { Command } from 'commander';
import type { PipelineName } from '#contracts/pipelines.ts';
import { connect } from '../connection.ts';
import { countOf } from '../count-of.ts';
import { show } from '../output.ts';
import { readAll } from '../read-all.ts';
import { describeRun, listRuns } from '../run-text.ts';

interface StatusOptions {
  readonly project?: string;
  readonly pipeline?: PipelineName;
  readonly limit: string;
  readonly json?: boolean;
}

export const statusCommand = (): Command =>
  new Command('status')
    .description('show a pipeline run, or the newest runs')
    .argument('[run]', 'id of a run')
    .option('--project <name>', 'only runs of this project')
    .option('--pipeline <name>', 'only runs of this pipeline')
    .option('--limit <n>', 'how many', '20')
    .option('--json', 'print JSON')
    .action(async (runId: string | undefined, options: StatusOptions) => {
      const { project, pipeline, limit } = options;
      const count = countOf('--limit', limit);
      const { pipelines } = connect();
      if (runId) return show(await pipelines.getPipelineRun({ path: { runId } }), options.json, describeRun);
      const only = { ...(project && { project }), ...(pipeline && { pipeline }) };
      const runs = await readAll((page) => pipelines.listPipelineRuns({ query: { ...page, ...only } }), count);
      show(runs, options.json, listRuns);
    });
