import { literals } from '#core/features/index.ts';

/** Fields of a record and their types where lines are read: `inputs` stays JSON, since its values are of mixed types. */
const fields = {
  prediction_id: 'VARCHAR',
  time: 'VARCHAR',
  caller: 'VARCHAR',
  request_id: 'VARCHAR',
  model_name: 'VARCHAR',
  model_version: 'VARCHAR',
  variant: 'VARCHAR',
  entity_id: 'VARCHAR',
  inputs: 'JSON',
  brought: 'VARCHAR[]',
  prediction: 'VARCHAR',
  probability: 'DOUBLE',
  probabilities: 'MAP(VARCHAR, DOUBLE)',
  latency_ms: 'DOUBLE',
  explanation:
    'STRUCT("method" VARCHAR, "of" VARCHAR, "output" VARCHAR, expected DOUBLE, explained DOUBLE, "values" MAP(VARCHAR, DOUBLE), standard_errors MAP(VARCHAR, DOUBLE))',
} as const;
type Field = keyof typeof fields;

/**
 * Lines as rows: what is no JSON gives a row of NULLs, and so does a value of another type in its place. Files end with
 * .gz when they are in gzip.
 */
export const readLines = (
  files: readonly string[],
  some: readonly Field[] = Object.keys(fields) as Field[],
): string => {
  const columns = some.map((name) => `${name}: '${fields[name]}'`).join(', ');
  const options = "format = 'newline_delimited', ignore_errors = true";
  return `read_json(${literals(files)}, ${options}, columns = {${columns}})`;
};
