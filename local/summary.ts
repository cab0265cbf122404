import type { Facts, StageResult } from './main-job/stages.ts';

const factText = (facts: Facts) =>
  Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

/** The table a person reads at the end. */
export const summaryTable = (results: readonly StageResult[]): string => {
  const width = Math.max(5, ...results.map(({ stage }) => stage.length));
  const rows = results.map(({ stage, state, seconds, facts, error }) => {
    const mark = state === 'done' ? 'ok' : 'FAILED';
    return `${stage.padEnd(width)}  ${mark.padEnd(6)}  ${`${seconds.toFixed(1)}s`.padStart(7)}  ${error ?? factText(facts)}`;
  });
  const total = results.reduce((sum, { seconds }) => sum + seconds, 0);
  const head = `${'stage'.padEnd(width)}  state      time  what`;
  return [
    head,
    '-'.repeat(Math.max(72, head.length)),
    ...rows,
    `${'total'.padEnd(width)}          ${`${total.toFixed(1)}s`.padStart(7)}`,
  ].join('\n');
};

export const addressTable = (outputs: Readonly<Record<string, string>>, file: string): string => {
  const shown = ['apiUrl', 'edgeUrl', 'predictUrl', 'apiKey', 'emulatorUrl'];
  const lines = shown.flatMap((name) => (outputs[name] ? [`  ${name.padEnd(12)} ${outputs[name]}`] : []));
  return [`addresses (all of them in ${file})`, ...lines].join('\n');
};
