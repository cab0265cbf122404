/** Data and features beside their peers: `npm run bench -- data [section …]`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { printTable } from './support/table.ts';

const folder = join(import.meta.dirname, 'data');

/** What one section measured. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`there is no section ${unknown.join(', ')}; there are: ${names.join(', ')}`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : names) {
  const { measure } = (await import(join(folder, `${name}.ts`))) as { measure: () => Promise<Section> };
  const { title, head, rows } = await measure();
  console.log(`\n${title}`);
  printTable(head, rows);
}
