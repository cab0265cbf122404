import { Command } from 'commander';
import type { Prediction, PredictQuery } from '#contracts/serving.ts';
import { connect } from '../../connection.ts';
import { countOf } from '../../count-of.ts';
import { show } from '../../output.ts';
import { answerText, explanationText } from './answer-text.ts';
import { fields } from './fields.ts';
import { predictFile, queryOf } from './predict-file.ts';

interface PredictOptions {
  readonly explain?: boolean;
  readonly top?: string;
  readonly file?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  mlp predict churn customer_id=C000001 age=40 zip:='"01234"' --explain --top 5
  mlp predict churn --file customers.csv > answers.jsonl

Rows of a file (.jsonl, .csv, .json, .yaml) are sent some hundred at a time, explained ones as many as some seconds
allow; each answer is a line of JSON. While the platform is busy, mlp waits and asks again.
In CSV an empty cell is a field that is not sent, the word null a value that is not known.`;

const wanted = ({ explain, top }: PredictOptions): Partial<PredictQuery> => {
  if (top !== undefined && !explain) throw new Error('--top says how many columns of an explanation: add --explain');
  return { ...(explain && { explain }), ...(top !== undefined && { top: countOf('--top', top) }) };
};

const told = (prediction: Prediction): string => {
  const { explanation, features_used } = prediction;
  const answer = answerText(prediction);
  return explanation ? `${answer}\n${explanationText(explanation, features_used)}` : answer;
};

const one = async (model: string, pairs: readonly string[], options: PredictOptions): Promise<void> => {
  if (pairs.length === 0)
    throw new Error(
      `say the fields of a prediction as name=value (mlp models served ${model} lists them), or a --file with rows`,
    );
  const query = queryOf(wanted(options));
  show(await connect().serving.predict({ path: { model }, query, body: fields(pairs) }), options.json, told);
};

export const predictCommand = (): Command =>
  new Command('predict')
    .description('ask a deployed model')
    .argument('<model>', 'name of the model')
    .argument('[field...]', 'name=value, or name:=JSON: the join key, and fields that win over stored features')
    .option('--explain', 'say which columns moved the prediction, and how far')
    .option('--top <n>', 'so many columns, the largest')
    .option('--file <file>', 'rows to ask for, instead of fields')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, pairs: string[], options: PredictOptions) => {
      const { file } = options;
      if (file === undefined) return one(model, pairs, options);
      if (pairs.length > 0) throw new Error(`fields come from ${file}: leave ${pairs.join(' ')} out`);
      if (!(await predictFile({ model, file, query: wanted(options) }))) process.exitCode = 1;
    });
