import { Command } from 'commander';
import { type Label, type LabelCoverage, MOST_LABELS } from '#contracts/ledger.ts';
import { connect } from '../../connection.ts';
import { momentOf } from '../../moment-of.ts';
import { show } from '../../output.ts';
import { inTurn, piecesOf } from '../../rows/in-turn.ts';
import { rowsOf } from '../../rows/row-file.ts';
import { labelOf, labelsOf } from './label-text.ts';

interface Printed {
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  mlp labels add churn 01K7N0Z5J6T9=1 01K7N0Z5J6TA=0
  mlp labels add churn outcomes.csv        # columns prediction_id,label or entity_id,time,label

A label is one of the model's classes as predictions name them (those of churn are 0 and 1), or the number of a regression.
The same labels may be sent again; of several for one prediction the newest counts.`;

const given = (words: readonly string[]): Label[] => {
  const [file = ''] = words;
  return words.length === 1 && !file.includes('=') ? labelsOf(file, rowsOf(file)) : words.map(labelOf);
};

const AT_ONCE = 2;

const add = async (model: string, words: readonly string[]): Promise<{ model: string; accepted: number }> => {
  const { labels } = connect();
  const send = (some: Label[]) => labels.postLabels({ body: { model, labels: some } });
  let accepted = 0;
  for await (const reply of inTurn(piecesOf(given(words), MOST_LABELS), send, AT_ONCE)) accepted += reply.accepted;
  return { model, accepted };
};

const addCommand = (): Command =>
  new Command('add')
    .description('say what became of predictions')
    .argument('<model>', 'name of the model that predicted')
    .argument('<labels...>', 'PREDICTION_ID=what came true, or one file (.jsonl, .csv, .json, .yaml)')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, words: string[], { json }: Printed) =>
      show(await add(model, words), json, ({ accepted }) => `${accepted} labels of ${model} kept`),
    );

const coverageText = (one: LabelCoverage): string => {
  const share = one.coverage === null ? '' : ` (${(100 * one.coverage).toFixed(1)} %)`;
  const lag = one.medianLagSeconds === null ? '' : `, half of them within ${Math.round(one.medianLagSeconds)} s`;
  const lost = one.unmatched > 0 ? `; ${one.unmatched} labels name none of them` : '';
  return `${one.labelled} of ${one.predictions} predictions of ${one.model} have a label${share}${lag}${lost}\n${one.start} to ${one.end}`;
};

const coverageCommand = (): Command =>
  new Command('coverage')
    .description('how many predictions have a label')
    .argument('<model>', 'name of a model')
    .option('--start <time>', 'e.g. 2026-03-01T12:00:00Z; a day alone is its start in UTC')
    .option('--end <time>', 'end of the window, not included')
    .option('--json', 'print JSON')
    .action(async (name: string, { start, end, json }: Printed & { start?: string; end?: string }) => {
      const query = {
        ...(start !== undefined && { start: momentOf('--start', start) }),
        ...(end !== undefined && { end: momentOf('--end', end) }),
      };
      show(await connect().labels.getLabelCoverage({ path: { name }, query }), json, coverageText);
    });

export const labelsCommand = (): Command => {
  const labels = new Command('labels').description('what became of predictions: tell it, and see how much is known');
  for (const command of [addCommand, coverageCommand]) labels.addCommand(command());
  return labels;
};
