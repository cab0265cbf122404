import { Command } from 'commander';
import type { AuditReport } from '#contracts/registry.ts';
import { connect } from '../connection.ts';
import { show, table } from '../output.ts';
import { readAll } from '../read-all.ts';

const describe = (reports: readonly AuditReport[]): string => {
  const summary = table(
    ['model', 'records', 'history', 'head'],
    reports.map(({ name, records, verified, head }) => [
      name,
      String(records),
      verified ? 'verified' : 'TAMPERED',
      head,
    ]),
  );
  const problems = reports.flatMap(({ name, problems: found }) =>
    found.map(({ kind, message }) => `${name}: ${kind}: ${message}`),
  );
  return [summary, ...problems].join('\n');
};

/** A head that was cut off in copying would read as a history that was tampered with. */
const checkHead = (head: string, model: string | undefined): void => {
  if (!model) throw new Error('--head is of one model: name it');
  if (/^[0-9a-f]{64}$/.test(head)) return;
  throw new Error(`--head "${head}" is no head: it is the 64 digits 0-9 and a-f that \`mlp audit verify\` prints`);
};

const verifyCommand = () =>
  new Command('verify')
    .description('check that the records of who changed what are as they were written; exit code 1 when they are not')
    .argument('[model]', 'name of a model, also of one that was renamed or deleted; all of them when left out')
    .option('--head <hash>', 'head that an earlier report gave: that history must still be there; for one model')
    .option('--json', 'print JSON')
    .action(async (model: string | undefined, options: { json?: boolean; head?: string }) => {
      const head = options.head?.toLowerCase();
      if (head !== undefined) checkHead(head, model);
      const { registry } = connect();
      const names = model
        ? [model]
        : (await readAll((query) => registry.listAudited({ query }))).map(({ name }) => name);
      const reports: AuditReport[] = [];
      for (const name of names) reports.push(await registry.auditModel({ path: { name }, query: { head } }));
      show(reports, options.json, describe);
      if (reports.some(({ verified }) => !verified)) process.exitCode = 1;
    });

export const auditCommand = (): Command =>
  new Command('audit').description('check the history of models').addCommand(verifyCommand());
