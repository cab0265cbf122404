import { PlatformError } from '../shared/errors.ts';
import { didYouMean, listed } from './nearest.ts';
import type { TableColumn } from './ports.ts';

/** A table or view whose columns are to be read as they were declared. */
export interface Relation {
  /** SQL that stands behind FROM. */
  readonly from: string;
  /** What messages call it. @example 'source "usage"' */
  readonly called: string;
  readonly columns: readonly TableColumn[];
  /** CSV and JSON say no types: a text that reads as a value of the declared type is one. */
  readonly isText: boolean;
}

export const isTextType = (type: string): boolean => type === 'VARCHAR' || type === 'UUID' || type.startsWith('ENUM');

/** The column of that name, in whatever case. @throws COLUMN_MISSING */
export const columnOf = ({ called, columns }: Relation, name: string): TableColumn => {
  const found =
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = columns.map((column) => column.name);
  throw new PlatformError(
    'COLUMN_MISSING',
    `${called} has no column "${name}"${didYouMean(name, names)}; it has: ${listed(names, 50)}`,
    { column: name, columns: names },
  );
};

interface Clash {
  readonly column: TableColumn;
  readonly declared: string;
  /** A value that is not of the declared type. */
  readonly value?: string;
}

export const typeClash = ({ called }: Relation, { column, declared, value }: Clash): PlatformError => {
  const seen = value === undefined ? column.type : `${column.type}, with "${value.slice(0, 100)}" among its values`;
  return new PlatformError(
    'TYPE_MISMATCH',
    `${called} has "${column.name}" as ${seen}, but it is declared a ${declared}; correct the data, or the type in the ` +
      'definition',
    { column: column.name, seen: column.type, declared, ...(value !== undefined && { value: value.slice(0, 100) }) },
  );
};
