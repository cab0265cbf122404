import type { LinearParts } from '#contracts/explanation-files.ts';
import type { EncodedRows, RowExplanation } from '../ports.ts';
import type { EncodedExplainer } from './encoded-explainer.ts';
import { BadExplanationError } from './read-files.ts';

const flat = ({ coefficients, columnOf, float32 }: LinearParts): Float64Array => {
  if (coefficients.some((row) => row.length !== columnOf.length))
    throw new BadExplanationError('explain/parts.json has not a coefficient for each position');
  const numbers = coefficients.flat();
  return Float64Array.from(float32.includes('coefficients') ? numbers.map(Math.fround) : numbers);
};

const means = ({ values, width }: EncodedRows): Float64Array => {
  const mean = new Float64Array(width);
  for (let at = 0; at < values.length; at += 1)
    mean[at % width] = (mean[at % width] as number) + (values[at] as number);
  return mean.map((sum) => sum / (values.length / width));
};

/** Closed form: coefficient times distance from the background's mean, positions of one column added up. */
export const linearExplainer = (parts: LinearParts, background: EncodedRows): EncodedExplainer => {
  const outputs = parts.outputs.length;
  const width = parts.columnOf.length;
  const coefficients = flat(parts);
  const columnOf = Int32Array.from(parts.columnOf);
  const mean = means(background);
  const expected = Float64Array.from(parts.expected);
  return ({ values: encoded }, row): RowExplanation => {
    const values = new Float64Array(parts.columns.length * outputs);
    const explained = Float64Array.from(parts.base);
    for (let at = 0; at < width; at += 1) {
      const value = encoded[row * width + at] as number;
      const apart = value - (mean[at] as number);
      const cell = (columnOf[at] as number) * outputs;
      for (let output = 0; output < outputs; output += 1) {
        const weight = coefficients[output * width + at] as number;
        explained[output] = (explained[output] as number) + weight * value;
        values[cell + output] = (values[cell + output] as number) + weight * apart;
      }
    }
    return { expected, explained, values };
  };
};
