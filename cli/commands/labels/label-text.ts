import { Label } from '#contracts/ledger.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { scalar } from '../../rows/scalar.ts';

const parsed = (value: unknown, where: string): Label => {
  const label = Label.safeParse(value);
  if (label.success) return label.data;
  const [issue] = label.error.issues;
  const about = [where, ...(issue?.path ?? [])].join(' ');
  throw new PlatformError('INVALID_REQUEST', `${about}: ${issue?.message}; got ${JSON.stringify(value)}`);
};

/**
 * A label as it is typed: what came true behind the prediction's id.
 * @example labelOf('01JAB=1') // { prediction_id: '01JAB', label: 1 }
 */
export const labelOf = (pair: string): Label => {
  const at = pair.indexOf('=');
  if (at < 1) throw new Error(`labels are written PREDICTION_ID=what came true, got ${pair}`);
  return parsed({ prediction_id: pair.slice(0, at), label: scalar(pair.slice(at + 1)) }, pair);
};

const asText = (value: unknown): unknown => (value === undefined ? undefined : String(value));

/** Labels of a file's rows: prediction_id, or entity_id and time; and label. */
export const labelsOf = (file: string, rows: readonly Readonly<Record<string, unknown>>[]): Label[] =>
  rows.map((row, i) => {
    // A file of another kind of column would be taken for labels that are all wrong: what it has beside is refused.
    const { prediction_id: id } = row;
    return parsed(id === undefined ? row : { ...row, prediction_id: asText(id) }, `${file}: row ${i + 1}`);
  });
