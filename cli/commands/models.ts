import { Command } from 'commander';
import { connect } from '../connection.ts';
import { show, table } from '../output.ts';

const day = (ms: number) => new Date(ms).toISOString();

export const modelsCommand = (): Command =>
  new Command('models')
    .description('list models, or the versions of one')
    .argument('[model]', 'name of a model')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const { registry } = connect();
      if (!name)
        return show((await registry.listModels({})).items, options.json, (models) =>
          table(
            ['model', 'versions', 'changed'],
            models.map((m) => [m.name, String(m.lastVersion), day(m.lastUpdateTimeMs)]),
          ),
        );
      show((await registry.listVersions({ path: { name } })).items, options.json, (versions) =>
        table(
          ['version', 'stage', 'created', 'run', 'by'],
          versions.map((v) => [String(v.version), v.stage, day(v.creationTimeMs), v.runId ?? '', v.userId]),
        ),
      );
    });
