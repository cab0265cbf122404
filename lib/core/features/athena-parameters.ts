/** What may hold a $name that is no parameter: quoted text, quoted names, comments. The last branch is a parameter. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)/g;

export interface Positional {
  readonly text: string;
  /** Execution parameters in the order of their `?`: SQL literals, as Athena wants them. */
  readonly parameters: readonly string[];
}

const timestamp = (time: Date): string => `'${time.toISOString().slice(0, -1).replace('T', ' ')}'`;

/**
 * SQL with $name as SQL with `?`: Athena binds by position. Each is cast, because what Athena binds is text.
 * @example positional('SELECT 1 WHERE t < $end', { end: new Date(0) }).parameters // ["'1970-01-01 00:00:00.000'"]
 */
export const positional = (sql: string, values: Readonly<Record<string, Date>>): Positional => {
  const parameters: string[] = [];
  const text = sql.replaceAll(TOKENS, (token: string, name: string | undefined) => {
    const value = name === undefined ? undefined : values[name];
    // One that nobody gives stays: Athena refuses it, as DuckDB did before.
    if (value === undefined) return token;
    parameters.push(timestamp(value));
    return 'CAST(? AS timestamp(3))';
  });
  return { text, parameters };
};
