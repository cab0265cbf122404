import { Command } from 'commander';
import { connect } from '../connection.ts';
import { show, table } from '../output.ts';

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

export const reportsCommand = (): Command =>
  new Command('reports')
    .description('list the drift reports of a project')
    .argument('<project>', 'name of a project')
    .option('--json', 'print JSON')
    .action(async (project: string, options: { json?: boolean }) => {
      const { items } = await connect().monitoring.listReports({ path: { project } });
      show(items, options.json, (reports) =>
        table(
          ['report', 'version', 'rows', 'drifted', 'verdict', 'window end'],
          reports.map((r) => [
            r.reportId,
            String(r.modelVersion),
            String(r.currentRows),
            percent(r.driftedShare),
            r.verdict,
            r.windowEnd,
          ]),
        ),
      );
    });
