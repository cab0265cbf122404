/** `npm test`: every test, `npm test -- --only unit|python|e2e` one lane. The last line is `N passed, N failed`. */
import { parseArgs } from 'node:util';
import { type Counts, closingLine, none, sum } from './lib/test-counts.ts';
import { type Lane, lanes } from './lib/test-lanes.ts';

const all = Object.keys(lanes) as Lane[];

const chooseLanes = (only: string | undefined): Lane[] => {
  const chosen = all.filter((lane) => only === undefined || only === lane);
  if (chosen.length > 0) return chosen;
  console.error(`--only must be one of ${all.join(', ')}, got ${only}; leave it out to run all`);
  process.exit(2);
};

const runLane = async (lane: Lane): Promise<Counts> => {
  try {
    return await lanes[lane]();
  } catch (error) {
    console.error(`The ${lane} tests could not be started: ${error instanceof Error ? error.message : error}`);
    return { ...none, failed: 1 };
  }
};

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const counts: Counts[] = [];
for (const lane of chooseLanes(values.only)) counts.push(await runLane(lane));
const total = sum(counts);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
console.log(closingLine(total));
