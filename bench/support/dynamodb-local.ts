import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { localPaths } from '#local/paths.ts';

const VERSION = '2.6.1';
const folder = join(localPaths().state, 'bench', `dynamodb-local-${VERSION}`);
const jars = join(folder, 'jars');
const START_SECONDS = 30;
const run = promisify(execFile);

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>bench</groupId><artifactId>dynamodb-local</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>com.amazonaws</groupId><artifactId>DynamoDBLocal</artifactId><version>${VERSION}</version>
  </dependency></dependencies>
</project>
`;

const needs = async (command: string, args: readonly string[]): Promise<void> => {
  try {
    await run(command, args);
  } catch (cause) {
    throw new Error(`DynamoDB Local needs ${command} on the PATH: install it, or leave this measurement out`, {
      cause,
    });
  }
};

/** Its jars, by Maven; the first time they are downloaded. */
const resolved = async (): Promise<string> => {
  if (existsSync(jars)) return jars;
  await needs('mvn', ['-v']);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'pom.xml'), pom);
  const partial = `${jars}.partial`;
  rmSync(partial, { recursive: true, force: true });
  await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`], { cwd: folder });
  renameSync(partial, jars);
  return jars;
};

const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const server = createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });

const answers = async (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

const untilUp = async (child: ChildProcess, url: string): Promise<void> => {
  for (let tenth = 0; tenth < START_SECONDS * 10; tenth += 1) {
    if (child.exitCode !== null) throw new Error(`DynamoDB Local ended with code ${child.exitCode} when it started`);
    if (await answers(url)) return;
    await sleep(100);
  }
  throw new Error(`DynamoDB Local does not answer at ${url} after ${START_SECONDS} s`);
};

export interface DynamoDbLocal {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Amazon's own DynamoDB for one machine, in memory, on a free port. Any credentials will do.
 * @throws without java, or without mvn the first time
 */
export const dynamoDbLocal = async (): Promise<DynamoDbLocal> => {
  await needs('java', ['-version']);
  const lib = await resolved();
  const port = await freePort();
  const main = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';
  const options = ['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)];
  const java = [`-Djava.library.path=${lib}`, '-cp', join(lib, '*'), main, ...options];
  const child = spawn('java', java, { cwd: folder, stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.kill()) await new Promise((done) => child.once('exit', done));
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilUp(child, url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid ?? 0, stop };
};
