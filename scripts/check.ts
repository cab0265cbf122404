/** `npm run check`: every gate in order, on after a failure. `npm run check -- biome tsc` asks only these. */
import type { Gate } from './lib/gate.ts';
import { gates } from './lib/gates.ts';
import type { Finished } from './lib/shell.ts';

const LINES_SHOWN = 60;

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const shorten = (output: string): string => {
  const lines = output.trim().split('\n');
  const cut = lines.length > LINES_SHOWN ? [`… ${lines.length - LINES_SHOWN} lines above`] : [];
  return [...cut, ...lines.slice(-LINES_SHOWN)].map((line) => `    ${line}`).join('\n');
};

const attempt = async (gate: Gate): Promise<Finished> => {
  try {
    return await gate.run();
  } catch (error) {
    return { code: 1, output: error instanceof Error ? error.message : String(error) };
  }
};

/** Runs one gate and prints its line; answers whether it failed. */
const judge = async (gate: Gate): Promise<boolean> => {
  const start = performance.now();
  if (gate.skip) {
    console.log(`- ${gate.name.padEnd(40)} skipped: ${gate.skip}`);
    return false;
  }
  const { code, output } = await attempt(gate);
  console.log(`${code === 0 ? '✓' : '✗'} ${gate.name.padEnd(40)} ${seconds(start).padStart(8)}`);
  if (code !== 0) console.log(shorten(output));
  return code !== 0;
};

const choose = (all: readonly Gate[], names: readonly string[]): Gate[] => {
  const chosen = all.filter((gate) => names.length === 0 || names.some((name) => gate.name.includes(name)));
  if (chosen.length > 0) return chosen;
  console.error(`no gate is called ${names.join(' or ')}; there are: ${all.map((gate) => gate.name).join('; ')}`);
  process.exit(2);
};

const start = performance.now();
const chosen = choose(gates(), process.argv.slice(2));
const failed: string[] = [];
for (const gate of chosen) if (await judge(gate)) failed.push(gate.name);
console.log(
  failed.length === 0
    ? `check: all ${chosen.length} gates hold, ${seconds(start)}`
    : `check: ${failed.length} of ${chosen.length} gates failed (${failed.join('; ')}), ${seconds(start)}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
