/**
 * 1000 log_metric calls and one log_batch of 1000 through the real client: against this platform on its emulator and
 * against MLflow's own server on SQLite, one after the other, with the processor time of everybody who takes part.
 * `npm run bench -- mlflow-log --count 200` takes fewer.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { boot } from '#local/boot.ts';
import { writeOutputs } from '#local/outputs.ts';
import { localPaths } from '#local/paths.ts';
import { readRecords } from '#local/process-records.ts';
import { type ProcessorTime, processorTime, untilQuiet, usedSince } from './support/cpu.ts';
import { emulatorStore, type Journey, timeDoor } from './support/in-process.ts';
import { type Target, takeJourney } from './support/real-client.ts';
import { startRealServer } from './support/real-server.ts';
import { printTable } from './support/table.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '1000' } } });
const count = Number(values.count);
const journeys: readonly Journey[] = ['log_metric', 'log_batch'];

/** Seconds: by the clock; of the client's processor; of the server's, or the emulator's; of the Lambda's, or the door's. */
type Row = readonly [string, string, number, number | string, number | string, number | string];
const rows: Row[] = [];

type Reading = (used: ProcessorTime) => readonly [number, number | string];

interface Subject extends Target {
  readonly name: string;
  readonly pid: number;
  readonly reading: Reading;
}

const measure = async (subject: Subject): Promise<void> => {
  await untilQuiet(subject.pid);
  for (const journey of journeys) {
    const before = processorTime(subject.pid);
    const { seconds, clientCpu } = await takeJourney(subject, journey, count);
    rows.push([journey, subject.name, seconds, clientCpu, ...subject.reading(usedSince(subject.pid, before))]);
  }
};

const measureRealServer = async (): Promise<void> => {
  const server = await startRealServer();
  const reading: Reading = ({ own, started }) => [own + started, ''];
  try {
    await measure({ ...server, name: 'mlflow server, SQLite', reading });
  } finally {
    await server.stop();
  }
};

const measurePlatform = async (): Promise<void> => {
  const state = join(localPaths().state, 'bench');
  const platform = await boot({ state, reset: true, onProgress: (message) => console.log(message) });
  const reading: Reading = ({ own, started }) => [own, started];
  try {
    const { edgeUrl: url, apiKey: token, ...outputs } = await writeOutputs(platform, await platform.deploy());
    const pid = readRecords(platform.paths.run).find(({ what }) => what === 'the emulator')?.pid ?? 0;
    await measure({ name: 'this platform, emulator', url, token, pid, reading });
    const store = emulatorStore(outputs.emulatorUrl, outputs.TrackingTableName ?? '');
    for (const journey of journeys) await measureDoor("door alone, emulator's DynamoDB", journey, store);
  } finally {
    await platform.stop();
  }
};

const measureDoor = async (name: string, journey: Journey, store = memoryTrackingStore()): Promise<void> => {
  const { seconds, cpu } = await timeDoor(store, journey, count);
  rows.push([journey, name, seconds, '', '', cpu]);
};

await measureRealServer();
await measurePlatform();
for (const journey of journeys) await measureDoor('door alone, in memory', journey);

const headings = ['', `${count} points`, 'seconds', 'client CPU s', 'server or emulator CPU s', 'Lambda or door CPU s'];
printTable(
  headings,
  rows.toSorted(([a], [b]) => b.localeCompare(a)),
);
console.log(`
The door in memory is our own work for a request; with DynamoDB comes what the AWS SDK does and the emulator's wait.
All else of the platform's row is the emulator: its API Gateway, its authorizer, its way to the Lambda's process.`);
