import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '#local/run-command.ts';
import { emulatorPython } from '#test/local/helpers/emulator-venv.ts';
import { type Bench, startBench } from '#test/local/helpers/engine.ts';

let bench: Bench;
let python: string;
beforeAll(async () => {
  [bench, python] = await Promise.all([startBench(), emulatorPython()]);
}, 300_000);
afterAll(() => bench.close());

/** Runs a Python script with `client` (the docker SDK on our socket), and answers what it printed as JSON. */
const withSdk = async (script: string): Promise<unknown> => {
  const head = 'import docker, json\nclient = docker.from_env(timeout=10)\nimage = "mlops-platform/probe:local"\n';
  const result = await runCommand({
    command: python,
    args: ['-c', head + script],
    cwd: bench.root,
    env: { DOCKER_HOST: bench.dockerHost },
    timeoutMs: 15_000,
  });
  if (result.code !== 0) throw new Error(result.tail);
  return JSON.parse(result.stdout);
};

describe('the docker SDK on the process engine', () => {
  it('runs, follows, waits and removes as the emulator does', async () => {
    const seen = await withSdk(`
c = client.containers.run(image, detach=True, command=["sh", "-c", "echo out; echo err >&2; exit 4"],
    environment={"A": "1"}, labels={"ministack": "ecs"}, name="sdk", extra_hosts={"host.docker.internal": "host-gateway"})
lines = b"".join(c.logs(stream=True, follow=True)).decode().splitlines()
code = c.wait()["StatusCode"]
c.reload()
listed = [x.id for x in client.containers.list(all=True, sparse=True, filters={"label": ["ministack=ecs"]})]
ip = next(iter(c.attrs["NetworkSettings"]["Networks"].values()))["IPAddress"]
tail = c.logs(tail=5)
c.stop(timeout=1)
c.remove(v=True)
print(json.dumps([sorted(lines), code, c.status, listed == [c.id], ip, len(tail), client.containers.list(all=True)]))`);
    expect(seen).toEqual([['err', 'out'], 4, 'exited', true, expect.stringMatching(/^127\./), 8, []]);
  });

  it('resolves an image to its digest, pulls that, and tags it back', async () => {
    const seen = await withSdk(`
digest = client.images.get_registry_data(image).id
pulled = client.images.pull("mlops-platform/probe@" + digest)
c = client.containers.run("mlops-platform/probe@" + digest, detach=True)
print(json.dumps([pulled.id == digest, pulled.tag("mlops-platform/probe", tag="local"), c.wait()["StatusCode"]]))`);
    expect(seen).toEqual([true, true, 0]);
  });

  it('raises ImageNotFound for an image that is no folder', async () => {
    const seen = await withSdk(`
try:
    client.containers.run("mlops-platform/none:local", detach=True)
except docker.errors.ImageNotFound as error:
    print(json.dumps(str(error.explanation)))`);
    expect(seen).toMatch(/No such image: mlops-platform\/none/);
  });
});
