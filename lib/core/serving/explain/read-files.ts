import { ExplanationBackground, ExplanationGolden, ExplanationParts } from '#contracts/explanation-files.ts';
import type { FeatureValue } from '#contracts/online.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { ModelRows } from '../ports.ts';
import { rowsOf, toModelValue } from '../rows/index.ts';

interface Schema<T> {
  safeParse(json: unknown): { success: true; data: T } | { success: false; error: { issues: readonly Issue[] } };
}
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What is wrong with a model's explanation files, before it is known whose they are. */
export class BadExplanationError extends Error {}

/** @throws {PlatformError} MODEL_LOAD_FAILED in the place of a BadExplanationError */
export const blaming = async <T>(modelUri: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BadExplanationError)) throw error;
    const message = `${modelUri} does not go live: ${error.message}; train and register it again`;
    throw new PlatformError('MODEL_LOAD_FAILED', message, { modelUri });
  }
};

const read = <T>(file: string, text: string, schema: Schema<T>): T => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BadExplanationError(`explain/${file} is no JSON`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BadExplanationError(`explain/${file} does not fit (${issue?.path.join('.')}: ${issue?.message})`);
};

export const readParts = (text: string): ExplanationParts => read('parts.json', text, ExplanationParts);
export const readGolden = (text: string): ExplanationGolden => read('golden.json', text, ExplanationGolden);

type Inputs = Pick<ServingFacts, 'inputs'>;
type Cells = Readonly<Record<string, readonly FeatureValue[]>>;

const rowsOfColumns = ({ inputs }: Inputs, columns: Cells, count: number): ModelRows => {
  const wrong = inputs.find(({ name }) => columns[name]?.length !== count);
  if (wrong) throw new BadExplanationError(`explain/background.json has not ${count} values of ${wrong.name}`);
  const rows = Array.from({ length: count }, (_, row) =>
    inputs.map(({ name, type }) => toModelValue(type, columns[name]?.[row] ?? null)),
  );
  return rowsOf(inputs, rows);
};

/** The rows that predictions are compared with, as the graph takes them. */
export const readBackground = (text: string, facts: Inputs): ModelRows => {
  const { rows, columns } = read('background.json', text, ExplanationBackground);
  return rowsOfColumns(facts, columns, rows);
};

export const goldenRows = (golden: ExplanationGolden, { inputs }: Inputs): ModelRows =>
  rowsOf(
    inputs,
    golden.rows.map((row) => inputs.map(({ name, type }) => toModelValue(type, row.inputs[name] ?? null))),
  );
