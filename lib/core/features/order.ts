import type { Tables } from './ports.ts';
import { identifier } from './sql-text.ts';

/** A table's rows by its key, then by everything else: the same rows are stored as the same bytes. */
export const inKeyOrder = async (tables: Tables, table: string, key: string): Promise<string> => {
  const names = (await tables.columnsOf(`FROM ${identifier(table)}`)).map(({ name }) => name);
  const isKey = (name: string): boolean => name.toLowerCase() === key.toLowerCase();
  const order = [...names.filter(isKey), ...names.filter((name) => !isKey(name))].map(identifier);
  return `SELECT * FROM ${identifier(table)} ORDER BY ${order.join(', ')}`;
};
