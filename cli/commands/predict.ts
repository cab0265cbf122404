import { Command } from 'commander';
import type { FeatureValue, Prediction } from '#contracts/serving.ts';
import { connect } from '../connection.ts';
import { show } from '../output.ts';

const scalar = (text: string): FeatureValue => {
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
};

/** @example fields(['customer_id=C000001', 'age=40']) // { customer_id: 'C000001', age: 40 } */
export const fields = (pairs: readonly string[]): Record<string, FeatureValue> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new Error(`fields are written name=value, got ${pair}`);
      return [pair.slice(0, at), scalar(pair.slice(at + 1))];
    }),
  );

const describe = (p: Prediction) =>
  `${p.model_name} version ${p.model_version} (${p.variant}): ${p.prediction}, probability ${p.probability.toFixed(4)}, id ${p.prediction_id}`;

export const predictCommand = (): Command =>
  new Command('predict')
    .description('ask a deployed model')
    .argument('<model>', 'name of the model')
    .argument('<field...>', 'name=value: the join key, and fields that win over stored features')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp predict churn customer_id=C000001')
    .action(async (model: string, pairs: string[], options: { json?: boolean }) => {
      const prediction = await connect().serving.predict({ path: { model }, body: fields(pairs) });
      show(prediction, options.json, describe);
    });
