// In the order in which they are looked for: what a parameter's name is not in, then the name.
const TOKEN = new RegExp(
  [
    String.raw`--[^\n]*`,
    String.raw`/\*[\s\S]*?(?:\*/|$)`,
    String.raw`[eE]'(?:\\[\s\S]|''|[^'\\])*'`,
    "'(?:''|[^'])*'",
    '"(?:""|[^"])*"',
    String.raw`\$(?<tag>[A-Za-z_]\w*)?\$[\s\S]*?\$\k<tag>\$`,
    // Part of a name is no parameter: total$start
    String.raw`[A-Za-z_][\w$]*`,
    String.raw`\$(?<name>[A-Za-z_]\w*)`,
  ].join('|'),
  'g',
);

/**
 * The $parameters that SQL names, in lower case, each once and sorted; not those in strings and comments.
 * @example parameterNames("SELECT * FROM t WHERE a >= $start -- $end") // ['start']
 */
export const parameterNames = (sql: string): string[] => {
  const names = [...sql.matchAll(TOKEN)].flatMap(({ groups }) => groups?.name?.toLowerCase() ?? []);
  return [...new Set(names)].sort();
};
