import { readdirSync, realpathSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bench, lives, startBench, unframe } from '#test/local/helpers/engine.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const inspect = async (id: string) =>
  (await bench.call('GET', `/containers/${id}/json`)).json() as unknown as {
    State: { Status: string; ExitCode: number; Pid: number };
    NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  };
const run = async (id: string): Promise<number> => {
  await bench.call('POST', `/containers/${id}/start`);
  return Number((await bench.call('POST', `/containers/${id}/wait`)).json().StatusCode);
};
const logs = async (id: string, query = 'stdout=1&stderr=1'): Promise<[number, string][]> =>
  unframe((await bench.call('GET', `/containers/${id}/logs?${query}`)).body);
/** The output once it has come, as it comes. */
const firstLine = async (id: string): Promise<string> => {
  for (;;) {
    const [line] = await logs(id);
    if (line) return line[1].trim();
    await sleep(20);
  }
};

describe('the process engine over its socket', () => {
  it("runs an image's own command in its working folder", async () => {
    const created = await bench.call('POST', '/containers/create?name=own', { Image: 'mlops-platform/probe:local' });
    expect(created.status).toBe(201);
    expect(await run('own')).toBe(0);
    expect(await logs('own')).toEqual([[1, `${realpathSync(bench.root)}/containers/probe\n`]]);
  });

  it('gives the environment asked for, Docker’s name of this machine replaced, and an address of its own', async () => {
    const Env = ['AWS_ENDPOINT_URL=http://host.docker.internal:4566', 'X=a=b'];
    const ids = [0, 1].map(() => bench.shell('echo $AWS_ENDPOINT_URL $X $HOST_ADDRESS $WHERE', { Env }));
    const [one = '', two = ''] = await Promise.all(ids);
    const addressOf = async (id: string) => (await inspect(id)).NetworkSettings.Networks.bridge?.IPAddress;
    await run(one);
    expect(await logs(one)).toEqual([[1, `http://127.0.0.1:4566 a=b ${await addressOf(one)} ${bench.root}\n`]]);
    expect(await addressOf(one)).not.toBe(await addressOf(two));
  });

  it('reports exit codes, streams and the tail of the log', async () => {
    const id = await bench.shell('echo one; echo two; echo bad >&2; exit 7');
    expect(await run(id)).toBe(7);
    expect((await inspect(id)).State).toMatchObject({ Status: 'exited', ExitCode: 7, Pid: 0 });
    expect(await logs(id, 'stderr=1')).toEqual([[2, 'bad\n']]);
    expect(await logs(id, 'stdout=1&tail=1')).toEqual([[1, 'two\n']]);
  });

  it('follows a log to its end, an unfinished line included', async () => {
    const id = await bench.shell('echo first; sleep 0.2; printf last');
    await bench.call('POST', `/containers/${id}/start`);
    const whole = await logs(id, 'stdout=1&follow=1');
    expect(whole).toEqual([
      [1, 'first\n'],
      [1, 'last'],
    ]);
  });

  it('stops in order when the process listens to SIGTERM', async () => {
    const id = await bench.shell('trap "echo drained; exit 3" TERM; echo ready; while :; do sleep 0.05; done');
    await bench.call('POST', `/containers/${id}/start`);
    expect(await firstLine(id)).toBe('ready');
    expect((await bench.call('POST', `/containers/${id}/stop?t=5`)).status).toBe(204);
    expect((await inspect(id)).State.ExitCode).toBe(3);
    expect((await logs(id)).at(-1)).toEqual([1, 'drained\n']);
    expect((await bench.call('POST', `/containers/${id}/stop`)).status).toBe(304);
  });

  it('kills it with all its children when it does not', async () => {
    const id = await bench.shell('trap "" TERM; sleep 60 & echo $!; wait; sleep 60');
    await bench.call('POST', `/containers/${id}/start`);
    const child = Number(await firstLine(id));
    await bench.call('POST', `/containers/${id}/stop?t=0.2`);
    expect((await inspect(id)).State.ExitCode).toBe(137);
    await sleep(50);
    expect(lives(child)).toBe(false);
  });

  it('ends children that outlive their container, which must not keep its log open', async () => {
    const id = await bench.shell('sleep 60 & echo $!');
    expect(await run(id)).toBe(0);
    await sleep(50);
    expect(lives(Number(await firstLine(id)))).toBe(false);
  });

  it('answers code 127 and the reason for a command that does not exist', async () => {
    const Image = 'mlops-platform/probe:local';
    const { Id } = (await bench.call('POST', '/containers/create', { Image, Cmd: ['no-such-program'] })).json();
    expect(await run(String(Id))).toBe(127);
    expect((await logs(String(Id)))[0]?.[1]).toMatch(/cannot run no-such-program .*ENOENT/);
  });

  it('lists by labels and only running ones unless all are asked for', async () => {
    const Labels = { service: 'ecs', boot: 'x1' };
    const id = await bench.shell('true', { Labels });
    const list = async (all: string, label: string[]) => {
      const filters = encodeURIComponent(JSON.stringify({ label }));
      const reply = await bench.call('GET', `/containers/json?all=${all}&filters=${filters}`);
      return (reply.json() as unknown as { Id: string }[]).map((one) => one.Id);
    };
    expect(await list('1', ['service=ecs', 'boot'])).toEqual([id]);
    expect(await list('0', ['service=ecs'])).toEqual([]);
    expect(await list('1', ['service=ecs', 'boot=x2'])).toEqual([]);
  });

  it('refuses to delete a running container unless forced, and forgets it then', async () => {
    const id = await bench.shell('sleep 60');
    await bench.call('POST', `/containers/${id}/start`);
    const { Pid } = (await inspect(id)).State;
    expect((await bench.call('DELETE', `/containers/${id}`)).status).toBe(409);
    expect((await bench.call('DELETE', `/containers/${id}?force=1`)).status).toBe(204);
    expect((await bench.call('GET', `/containers/${id}/json`)).status).toBe(404);
    expect(lives(Pid)).toBe(false);
  });

  it.each([
    ['an image nobody has', { Image: 'mlops-platform/none:local' }, 404, /No such image/],
    ['an image of someone else', { Image: 'nginx:latest' }, 404, /No such image/],
    ['a path as a name', { Image: 'mlops-platform/..:local' }, 404, /No such image/],
    ['published ports', { HostConfig: { PortBindings: { '80/tcp': [] } } }, 400, /published ports \(80\/tcp\)/],
    ['bind mounts', { HostConfig: { Binds: ['/:/host'] } }, 400, /bind mounts/],
    ['a body of the wrong shape', { Image: 3 }, 400, /Image/],
  ])('refuses %s', async (...[, more, status, reason]) => {
    const reply = await bench.call('POST', '/containers/create', { Image: 'mlops-platform/probe:local', ...more });
    expect(reply.status).toBe(status);
    expect(String(reply.json().message)).toMatch(reason);
  });

  it('refuses a second container of one name, and a call it does not know', async () => {
    const create = () => bench.call('POST', '/containers/create?name=twin', { Image: 'mlops-platform/probe:local' });
    expect([(await create()).status, (await create()).status]).toEqual([201, 409]);
    expect((await bench.call('POST', '/swarm/init')).status).toBe(501);
  });
});

describe('an engine that is stopped', () => {
  it('leaves no process and no record', async () => {
    const other = await startBench();
    const ids = await Promise.all([other.shell('sleep 60'), other.shell('sleep 61')]);
    for (const id of ids) await other.call('POST', `/containers/${id}/start`);
    const pids = readdirSync(other.runFolder).map((file) => Number.parseInt(file, 10));
    expect(pids).toHaveLength(2);
    await other.stop();
    expect(pids.map(lives)).toEqual([false, false]);
    expect(readdirSync(other.runFolder)).toEqual([]);
    await other.close();
  });
});
