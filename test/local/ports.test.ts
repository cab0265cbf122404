import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { chooseFreePort, isPortFree, wantedPort } from '#local/ports.ts';

const open: Server[] = [];
const occupy = (port = 0): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer();
    open.push(server);
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => done((server.address() as AddressInfo).port));
  });
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

describe('chooseFreePort', () => {
  it('takes the preferred port when nobody listens there', async () => {
    const port = await occupy();
    open.splice(0)[0]?.close();
    expect(await chooseFreePort({ preferred: port })).toBe(port);
  });

  it('goes on to the next when it is taken', async () => {
    const taken = await occupy();
    const chosen = await chooseFreePort({ preferred: taken });
    expect(chosen).toBeGreaterThan(taken);
    expect(await isPortFree(chosen)).toBe(true);
  });

  it('says what it tried when the whole range is taken', async () => {
    const taken = await occupy();
    await expect(chooseFreePort({ preferred: taken, attempts: 1 })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(String(taken)),
      remedy: expect.stringContaining('MLOPS_PORT'),
    });
  });
});

describe('wantedPort', () => {
  it.each([
    [undefined, 4566],
    ['', 4566],
    ['1', 1],
    ['65535', 65_535],
  ])('reads %s', (text, port) => expect(wantedPort(text)).toBe(port));

  it.each(['0', '65536', '-1', '80.5', '4566x', ' 80', '1e3'])('refuses %s and shows it', (text) => {
    expect(() => wantedPort(text)).toThrow(
      expect.objectContaining({ code: 'PORT_INVALID', message: expect.stringContaining(`"${text}"`) }),
    );
  });
});
