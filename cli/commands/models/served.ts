import { Command } from 'commander';
import type { z } from 'zod';
import type { ServedModelDescription, ServedModels } from '#contracts/serving.ts';
import { connect } from '../../connection.ts';
import { show, table } from '../../output.ts';
import { scalar } from '../../rows/scalar.ts';

const variantsOf = ({ variants }: ServedModelDescription): string =>
  variants
    .map(({ version, weight, endpoint, loaded }) => {
      const where = endpoint === undefined ? '' : ` on ${endpoint}`;
      return `${version}: ${weight} %${where}${loaded ? '' : ' (not loaded)'}`;
    })
    .join(', ');

const listText = ({ models, defaultModel }: z.infer<typeof ServedModels>): string =>
  table(
    ['model', 'problem', 'version: traffic', 'key', 'explained', 'since'],
    models.map((one) => [
      one.model === defaultModel ? `${one.model} (default)` : one.model,
      one.problem,
      variantsOf(one),
      one.entityKey,
      one.explanation,
      one.updatedAt,
    ]),
  );

const rangeOf = ({ minimum, maximum, values }: ServedModelDescription['fields'][number]): string => {
  if (values) return values.join(', ');
  return minimum === undefined && maximum === undefined ? '' : `${minimum ?? '…'} to ${maximum ?? '…'}`;
};

/** What a bare word would be taken for something else is written as JSON. */
const isBareWord = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.-]+$/.test(value) && Number.isNaN(Number(value)) && scalar(value) === value;

const pairOf = ([name, value]: [string, unknown]): string =>
  isBareWord(value) ? `${name}=${value}` : `${name}:='${JSON.stringify(value).replaceAll("'", "'\\''")}'`;

const modelText = (one: ServedModelDescription): string => {
  const rows = one.fields.map((field) => [
    field.name,
    field.declared ?? field.type,
    field.required ? 'yes' : 'no',
    field.nullable ? 'yes' : 'no',
    rangeOf(field),
  ]);
  const example = Object.entries(one.example).map(pairOf).join(' ');
  return [
    `${one.model} (${one.problem}) of project ${one.project}, version ${variantsOf(one)}; explained: ${one.explanation}`,
    table(['field', 'type', 'must be sent', 'may be null', 'allowed'], rows),
    `try: mlp predict ${one.model} ${example}`,
  ].join('\n');
};

export const servedCommand = (): Command =>
  new Command('served')
    .description('models that serve now, or the fields that one takes')
    .argument('[model]', 'name of a model')
    .option('--json', 'print JSON')
    .action(async (model: string | undefined, { json }: { json?: boolean }) => {
      const { serving } = connect();
      if (model !== undefined) return show(await serving.getServed({ path: { model } }), json, modelText);
      show(await serving.listServed({}), json, listText);
    });
