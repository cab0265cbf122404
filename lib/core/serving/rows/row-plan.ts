import type { FeatureValue } from '#contracts/online.ts';
import type { ModelInput, ServingFacts } from '#contracts/serving-facts.ts';
import { isAsked } from '../asked-fields.ts';
import type { FeatureRecord, ModelRow } from '../ports.ts';
import { type Fields, fits } from '../read-request.ts';
import { toModelValue } from './model-rows.ts';
import { plainValue } from './plain-value.ts';

export interface GatheredRow {
  /** By name, as the reply and the ledger tell them. */
  readonly used: Record<string, FeatureValue>;
  /** In the order of the model's inputs. */
  readonly row: ModelRow;
  /** Names of the inputs that the request brought. */
  readonly brought: readonly string[];
  /** Whether the request brought all of it, and all is used just as it came. @default false */
  readonly isAsSent?: boolean;
}

/** Makes rows of what is as it should be, in one walk; whatever is not is left to those who can say what is wrong. */
export interface RowPlan {
  /** Undefined when anything is missing, unusual or wrong. */
  take(fields: Fields, stored?: FeatureRecord): GatheredRow | undefined;
}

interface Step {
  readonly input: ModelInput;
  readonly name: string;
  /** Whether a plain read may find what every object has. */
  readonly isInherited: boolean;
  /** Whether a field of the request can be taken as it is. */
  readonly isPlain: (value: unknown) => boolean;
  /** Whether a stored value will do. */
  readonly mayBeStored: boolean;
  readonly isText: boolean;
}

const stepOf = (input: ModelInput): Step => ({
  input,
  name: input.name,
  isInherited: input.name in Object.prototype,
  isPlain: plainValue(input),
  mayBeStored: !isAsked(input),
  isText: input.type === 'string',
});

const read = ({ name, isInherited }: Step, from: Fields): unknown =>
  isInherited && !Object.hasOwn(from, name) ? undefined : from[name];

/** Undefined where neither has it, or not as it should be. */
const takenValue = (step: Step, fields: Fields, stored: FeatureRecord | undefined): FeatureValue | undefined => {
  const given = read(step, fields);
  if (given !== undefined) return step.isPlain(given) ? (given as FeatureValue) : undefined;
  if (!stored || !step.mayBeStored) return undefined;
  const value = read(step, stored);
  return value !== undefined && fits(step.input, value) ? value : undefined;
};

const broughtOf = (steps: readonly Step[], fields: Fields): readonly string[] =>
  steps.filter((step) => read(step, fields) !== undefined).map(({ name }) => name);

interface Source {
  readonly steps: readonly Step[];
  readonly fields: Fields;
  readonly stored: FeatureRecord | undefined;
}

/** Names its values when somebody asks: most rows are told by the text in which they came. */
class TakenRow implements GatheredRow {
  readonly row: ModelRow;
  readonly brought: readonly string[];
  readonly #source: Source;

  constructor(row: ModelRow, source: Source, brought: readonly string[]) {
    this.row = row;
    this.brought = brought;
    this.#source = source;
  }

  get isAsSent(): boolean {
    return this.#source.stored === undefined;
  }

  get used(): Record<string, FeatureValue> {
    const { steps, fields, stored } = this.#source;
    const used: Record<string, FeatureValue> = {};
    for (const step of steps) used[step.name] = takenValue(step, fields, stored) ?? null;
    return used;
  }
}

/**
 * Compiled once for a model. Features that are computed outside of the graph need more than one walk.
 * @example rowPlan(facts).take({ tenure: 3, contract: 'monthly' })?.row // [3, 'monthly']
 */
export const rowPlan = ({ inputs, onDemand }: Pick<ServingFacts, 'inputs' | 'onDemand'>): RowPlan => {
  if (onDemand) return { take: () => undefined };
  const steps = inputs.map(stepOf);
  const all = inputs.map(({ name }) => name);
  return {
    take: (fields, stored) => {
      const row: (number | string)[] = [];
      for (const step of steps) {
        const value = takenValue(step, fields, stored);
        if (value === undefined) return undefined;
        row.push(typeof value === 'number' ? value : toModelValue(step.input.type, value));
      }
      return new TakenRow(row, { steps, fields, stored }, stored ? broughtOf(steps, fields) : all);
    },
  };
};
