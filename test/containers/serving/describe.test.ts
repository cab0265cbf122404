/** @jest-environment #test/helpers/onnx-environment.ts */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ServedModelDescription, ServedModels } from '#contracts/serving.ts';
import { type Browser, findChromium, startChromium } from '#test/helpers/browser/chromium.ts';
import { openPage } from '#test/helpers/browser/page.ts';
import { ask, deployment, type FixtureModel, modelFiles, predict, until, uriOf } from './serving-fakes.ts';
import { withWorld } from './serving-world.ts';

const models: readonly FixtureModel[] = ['v1', 'plans', 'bill', 'payment'];

/** A task with a model of each kind, none of whose features are stored. */
const withModels = (work: (port: number) => Promise<void>, options = {}) =>
  withWorld(async ({ made, start }) => {
    made.items.clear();
    made.documents = await Promise.all(
      models.map(async (model) => {
        made.models.set(uriOf(model), await modelFiles(model));
        return deployment({ model, variants: [{ version: 3, weight: 100, modelUri: uriOf(model) }] });
      }),
    );
    await work((await start(options)).port);
  })();

type Schema = Parameters<typeof z.fromJSONSchema>[0];

/** A schema of a page, with those that it names in it. */
const schemaOf = (page: { components: { schemas: Record<string, unknown> } }, schema: unknown): z.ZodType => {
  const $defs = JSON.parse(JSON.stringify(page.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'));
  const own = JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'));
  return z.fromJSONSchema({ ...own, $defs } as Schema);
};

describe('what is served, as it says itself', () => {
  it('describes each model, with a request that the model answers', () =>
    withModels(async (port) => {
      const { models: told } = ServedModels.parse((await ask(port, '/serving/models')).json);
      expect(told.map(({ model }) => model)).toEqual([...models].sort());
      for (const description of told) {
        const one = await ask(port, `/serving/models/${description.model}`);
        expect(ServedModelDescription.parse(one.json)).toEqual(description);
        const answered = await predict(port, description.example, { path: `/predict/${description.model}` });
        expect([description.model, answered.status, answered.text]).toEqual([description.model, 200, answered.text]);
        expect((await ask(port, `/health/${description.model}`)).json).toMatchObject({
          model: description.model,
          variants: [{ version: 3, weight: 100, checked: true, loaded: true }],
        });
      }
      const payment = told.find(({ model }) => model === 'payment');
      expect(payment).toMatchObject({ problem: 'binary-classification', entityKey: 'customer_id', threshold: 0.5 });
      expect(payment?.fields.filter(({ required }) => required).map(({ name }) => name)).toEqual([
        'customer_id',
        'amount',
        'asked_at',
        'country',
      ]);
      expect(payment?.fields).toContainEqual({
        name: 'country',
        type: 'string',
        declared: 'string',
        required: true,
        nullable: true,
        values: ['DE', 'FR'],
      });
    }));

  it.each(['/serving/models/fraud', '/health/fraud', '/serving/models/%2e%2e', '/health/..%2f'])(
    '%s is a 404',
    (path) =>
      withModels(async (port) => {
        const { status, json } = await ask(port, path);
        expect([status, json.error.code]).toEqual([404, 'MODEL_NOT_SERVED']);
      }),
  );

  it('POST /predict asks the default model, or says which there are', () =>
    withModels(
      async (port) => {
        const { models: told, defaultModel } = ServedModels.parse((await ask(port, '/serving/models')).json);
        expect(defaultModel).toBe('bill');
        const example = told.find(({ model }) => model === 'bill')?.example;
        expect((await predict(port, example, { path: '/predict' })).json.model_name).toBe('bill');
      },
      { defaultModel: 'bill' },
    ).then(() =>
      withModels(async (port) => {
        const { status, json } = await predict(port, { customer_id: 'c' }, { path: '/predict' });
        expect([status, json.error.code]).toEqual([404, 'MODEL_NOT_SERVED']);
        expect(json.error.message).toContain('bill, payment, plans, v1');
      }),
    ));
});

interface Content {
  readonly content: { readonly 'application/json': { readonly schema: { $ref?: string; examples?: never } } };
}
interface Operation {
  readonly requestBody: Content;
  readonly responses: { readonly '200': Content };
}

describe('the OpenAPI page', () => {
  it('has a path for each model whose example works, and whose schemas hold for what is sent and answered', () =>
    withModels(async (port) => {
      const { json: page } = await ask(port, '/openapi.json');
      expect(Object.keys(page.paths).filter((path) => !path.endsWith('/batch'))).toEqual(
        [...models].sort().map((model) => `/predict/${model}`),
      );
      for (const [path, { post }] of Object.entries<{ post: Operation }>(page.paths)) {
        const wanted = post.requestBody.content['application/json'].schema;
        const told = post.responses['200'].content['application/json'].schema;
        const request = schemaOf(page, wanted);
        const [example] = (wanted.$ref ? page.components.schemas[wanted.$ref.split('/').pop() ?? ''] : wanted).examples;
        expect(request.safeParse(example).error).toBeUndefined();
        expect(request.safeParse({ ...example, nothing_like_it: 1 }).success).toBe(false);
        const answered = await predict(port, example, { path });
        expect([path, answered.status]).toEqual([path, 200]);
        const reply = schemaOf(page, told);
        expect(reply.safeParse(answered.json).error).toBeUndefined();
        expect(reply.safeParse({}).success).toBe(false);
      }
      const elsewhere = await ask(port, '/serving/openapi.json');
      expect({ ...elsewhere.json, servers: page.servers }).toEqual(page);
      const base = 'http://platform/_aws/execute-api/id/$default/';
      expect(new URL(page.servers[0].url, `${base}openapi.json`).href).toBe(base);
      expect(new URL(elsewhere.json.servers[0].url, `${base}serving/openapi.json`).href).toBe(base);
    }));

  it('is rendered without any other host', () =>
    withModels(async (port) => {
      const { status, text, headers } = await ask(port, '/docs');
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(text).not.toMatch(/https?:\/\/|\/\/[a-z]/);
      expect(text).not.toContain('innerHTML');
      expect((await ask(port, '/serving/docs')).text).toBe(text);
    }));

  /** As the API does: the page for everybody, all else with a key, under a path of its own. */
  const gateway = (port: number) => async (request: IncomingMessage, reply: ServerResponse) => {
    const { method = 'GET', headers, url = '' } = request;
    const path = url.replace('/stage', '');
    if (headers.authorization !== 'Bearer the-key' && path !== '/serving/docs')
      return reply.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"Unauthorized"}');
    const body = Buffer.concat(await request.toArray());
    const answer = await ask(port, path, { method, body, headers: { 'x-caller-id': 'tester' } });
    return reply.writeHead(answer.status, { 'content-type': String(answer.headers['content-type']) }).end(answer.text);
  };

  const chromium = findChromium();
  if (!chromium)
    console.warn('SKIPPED: the page of served models was NOT tried in a browser: there is none on this machine');
  const inBrowser = chromium ? it : it.skip;

  inBrowser('lists the models in a browser and sends an example', async () => {
    let browser: Browser | undefined;
    try {
      browser = await startChromium(chromium ?? '');
      const { cdp } = browser;
      await withModels(
        async (port) => {
          const page = await openPage({ cdp, close: async () => {} });
          await page.goto(`http://127.0.0.1:${port}/docs`);
          await page.shows('POST /predict/payment');
          await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
          await page.shows('asked_at');
          const [first] = await page.evaluate<string[]>(
            "(document.querySelector('details button').click(), [document.querySelector('h2').textContent])",
          );
          expect(first).toBe('POST /predict/bill');
          await until(async () => (await page.text()).includes('"model_name": "bill"'));
          expect(page.errors).toEqual([]);
          await page.close();
        },
        { callerOfNobody: 'local' },
      );
    } finally {
      await browser?.close();
    }
  });

  inBrowser('asks for a key where there is a gateway, and reads and sends with it', async () => {
    const browser = await startChromium(chromium ?? '');
    try {
      await withModels(async (port) => {
        const server = createServer(gateway(port)).listen(0, '127.0.0.1');
        await new Promise((listens) => server.once('listening', listens));
        const page = await openPage({ cdp: browser.cdp, close: async () => {} });
        await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/stage/serving/docs`);
        await page.shows('those who have a key');
        await page.type('#key', 'the-key');
        await page.evaluate("document.getElementById('key').blur()");
        await page.shows('POST /predict/bill');
        await page.evaluate("document.querySelector('details').open = true");
        await page.click('Send');
        await page.shows('"model_name": "bill"');
        await page.close();
        server.close().closeAllConnections();
      });
    } finally {
      await browser.close();
    }
  });
});
