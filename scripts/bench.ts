/** `npm run bench` lists the measurements, `npm run bench -- NAME` takes one; what follows the name goes to it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './lib/shell.ts';

const folder = join(root, 'bench');

/** Measurements by name: every file of bench/. */
const names = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();

const [name, ...args] = process.argv.slice(2);
if (name === undefined) {
  console.log(
    `npm run bench -- NAME, where NAME is one of:\n${names()
      .map((one) => `  ${one}`)
      .join('\n')}`,
  );
} else if (names().includes(name)) {
  const { code } = await run({ file: process.execPath, args: [join(folder, `${name}.ts`), ...args], stream: true });
  process.exitCode = code;
} else {
  console.error(`there is no measurement ${name}; there are: ${names().join(', ')}`);
  process.exitCode = 2;
}
