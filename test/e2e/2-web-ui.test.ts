import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, findChromium, startChromium } from '#test/helpers/browser/chromium.ts';
import { openPage, type Page } from '#test/helpers/browser/page.ts';
import type { Seen } from '#test/helpers/browser/record.ts';
import { outputs } from './platform.ts';
import { type Address, type Seeded, seed } from './web-ui-seed.ts';

/** Another platform can be looked at by WEB_UI_URL and WEB_UI_KEY. */
const address = (): Address => {
  const { WEB_UI_URL: url, WEB_UI_KEY: apiKey = '' } = process.env;
  return url ? { url, apiKey } : { url: outputs().edgeUrl, apiKey: outputs().apiKey };
};

const chromium = findChromium();
if (!chromium)
  console.warn(
    "\nSKIPPED: MLflow's web UI was NOT tried in a browser, because there is none on this machine.\n" +
      'Install Chromium or Chrome ("apt install chromium"), or name one with CHROMIUM_PATH, and run this again.\n',
  );
const inBrowser = chromium ? describe : describe.skip;

/** Requests that may end otherwise than with an answer, and why. */
const allowed: readonly [RegExp, string][] = [
  [/^401 GET [^?#]*\/$/, 'the server asks who is there, and the browser tells it'],
  [/^404 GET .*\/mlflow\/users\/current$/, "accounts of MLflow's own, which keys stand for here"],
  [/^404 GET .*\/experiments\/get-by-name\?/, 'how the page learns that a name is free'],
  [/^404 GET .*\/mlflow\/assistant\//, 'an assistant that answers questions, which is not part of the platform'],
  [
    /^net::ERR_\w+ GET https:\/\/(www\.)?mlflow\.org\//,
    'pictures out of the documentation, where there is no internet',
  ],
  [/^canceled /, 'the page itself no longer wanted it'],
];
const told = ({ method, url, status, failure }: Seen): string => `${failure ?? status ?? 'no answer'} ${method} ${url}`;
const isProblem = (seen: Seen): boolean => {
  if (/^(data|blob|about):/.test(seen.url) || seen.url.endsWith('.worker.js')) return false;
  const fine = seen.failure === undefined && seen.status !== undefined && seen.status < 400;
  return !fine && !allowed.some(([pattern]) => pattern.test(told(seen)));
};

inBrowser("MLflow's web UI", () => {
  let browser: Browser;
  let page: Page;
  let shown: Seeded;
  let seenBefore = { errors: 0, requests: 0 };
  const { url, apiKey } = chromium ? address() : { url: '', apiKey: '' };

  beforeAll(async () => {
    [browser, shown] = await Promise.all([startChromium(chromium ?? ''), seed({ url, apiKey })]);
    page = await openPage(browser, { username: 'reader', password: apiKey });
  });
  afterAll(async () => await browser?.close());

  const experiment = (): string => `/experiments/${shown.experimentId}`;
  const json = (value: unknown): string => encodeURIComponent(JSON.stringify(value));
  /** Opens a route of the UI and looks for the texts on it. */
  const look = async (route: string, ...texts: string[]): Promise<void> => {
    await page.leave();
    seenBefore = { errors: page.errors.length, requests: page.requests.length };
    await page.goto(`${url}/#${route}`);
    for (const text of texts) await page.shows(text);
  };
  /** Nothing on the console and no request without an answer since the page was opened. */
  const expectQuiet = async (): Promise<void> => {
    await page.settled();
    expect(page.errors.slice(seenBefore.errors)).toEqual([]);
    expect(page.requests.slice(seenBefore.requests).filter(isProblem).map(told)).toEqual([]);
  };
  const asked = (pattern: RegExp): Seen[] =>
    page.requests.slice(seenBefore.requests).filter((seen) => pattern.test(seen.url));

  it('shows nothing to who has no key', async () => {
    const stranger = await openPage(browser);
    await stranger.goto(`${url}/`);
    expect(await stranger.text()).toContain('Sign in with any user name and an API key');
    const answers = await stranger.evaluate<number[]>(
      `Promise.all(['ajax-api/2.0/mlflow/experiments/search?max_results=1', 'graphql']
        .map(async (path) => (await fetch(path)).status))`,
    );
    expect(answers.every((status) => status >= 400)).toBe(true);
    await stranger.close();
  });

  const plot = `&plot_metric_keys=${json(['auc'])}&plot_layout=${json({})}&x_axis=step&y_axis_scale=linear&line_smoothness=1&show_point=false&deselected_curves=${json([])}&last_linear_y_axis_range=${json([])}`;
  const versions = () => ({ 1: shown.runs[0], 2: shown.runs[1] });
  const pages: readonly [string, () => readonly [string, ...string[]]][] = [
    ['home', () => ['/', 'Welcome to MLflow', shown.experiment]],
    ['the list of experiments', () => ['/experiments', 'Experiments', shown.experiment]],
    ['the overview of an experiment', () => [experiment(), shown.experiment, 'Overview']],
    ['the list of runs', () => [`${experiment()}/runs`, 'candidate-1', 'candidate-2', 'customers', '2 matching runs']],
    ['the charts of runs', () => [`${experiment()}/runs?compareRunsMode=CHART`, 'auc', 'candidate-1', 'candidate-2']],
    ['runs found by a filter', () => [`${experiment()}/runs?searchFilter=metrics.auc%20%3E%200.6`, '1 matching run']],
    [
      'a run',
      () => [`${experiment()}/runs/${shown.runs[0]}`, 'candidate-1', '0.44', 'depth', 'growth', 'forest', 'Finished'],
    ],
    ['the charts of a run', () => [`${experiment()}/runs/${shown.runs[0]}/model-metrics`, 'Model metrics', 'auc']],
    ['the system metrics of a run', () => [`${experiment()}/runs/${shown.runs[0]}/system-metrics`, 'candidate-1']],
    ['the traces of a run', () => [`${experiment()}/runs/${shown.runs[0]}/traces`, 'candidate-1']],
    [
      'two runs side by side',
      () => [
        `/compare-runs?runs=${json(shown.runs)}&experiments=${json([shown.experimentId])}`,
        'Comparing 2 Runs',
        'candidate-2',
        'depth',
      ],
    ],
    [
      'a metric of two runs',
      () => [
        `/metric?runs=${json(shown.runs)}&metric=${json('auc')}&experiments=${json([shown.experimentId])}${plot}`,
        'auc',
        'candidate-1',
      ],
    ],
    ['the models of an experiment', () => [`${experiment()}/models`, 'forest', 'Ready', 'candidate-1']],
    [
      'a model',
      () => [`${experiment()}/models/${shown.modelId}`, 'forest', 'About this logged model', shown.registered],
    ],
    ['the registry', () => ['/models', 'Registered Models', shown.registered, 'champion']],
    [
      'a registered model',
      () => [`/models/${shown.registered}`, shown.registered, 'who leaves', 'Version 2', 'champion'],
    ],
    [
      'a version',
      () => [`/models/${shown.registered}/versions/1`, 'Version 1', 'champion', 'candidate-1', 'Inputs (1)'],
    ],
    [
      'two versions side by side',
      () => [
        `/compare-model-versions?name=${json(shown.registered)}&runs=${json(versions())}`,
        'Comparing 2 Versions',
        'candidate-2',
      ],
    ],
    ['traces, of which there are none', () => [`${experiment()}/traces`, 'Traces']],
    ['prompts, of which there are none', () => ['/prompts', 'Prompts']],
    ['settings', () => ['/settings', 'Theme preference']],
  ];
  it.each(pages)('shows %s', async (_, expected) => {
    const [route, ...texts] = expected();
    await look(route, ...texts);
    await expectQuiet();
  });

  it('shows the files of a run, and what is in them', async () => {
    await look(`${experiment()}/runs/${shown.runs[0]}/artifacts`, 'notes', 'plots', 'table.json');
    await page.click('notes');
    await page.click('readme.txt');
    await page.shows('what we saw in the data');
    await page.click('plots');
    await page.click('red.png');
    await page.settled();
    expect(asked(/\/get-artifact\?/).length).toBeGreaterThanOrEqual(2);
    await expectQuiet();
  });

  it('shows the files of a model', async () => {
    await look(`${experiment()}/models/${shown.modelId}/artifacts`, 'MLmodel');
    await page.click('MLmodel');
    await page.shows('loader_module: mlflow.sklearn');
    await expectQuiet();
  });

  it('changes what its reader changes', async () => {
    await look('/experiments', 'Create');
    await page.click('Create');
    await page.shows('Create Experiment');
    const name = `${shown.experiment}-by-hand`;
    await page.type('input[placeholder="Input an experiment name"]', name);
    await page.click('Create', '[role=dialog]');
    await page.shows(name);
    await expectQuiet();
    expect(asked(/experiments\/create$/)).toMatchObject([{ method: 'POST', status: 200 }]);
  });

  describe('opened in a browser that has signed in', () => {
    let elsewhere: Server;
    let origin: string;
    beforeAll(async () => {
      elsewhere = createServer((_, response) =>
        response.setHeader('content-type', 'text/html').end('<p>elsewhere</p>'),
      );
      await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
      origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    });
    afterAll(() => void elsewhere?.close());

    it('does nothing that another page asks of it', async () => {
      await page.leave();
      await page.goto(origin);
      const before = page.requests.length;
      const target = JSON.stringify(`${url}/api/2.0/mlflow/experiments/create`);
      const own = JSON.stringify(`${url}/experiments`);
      const body = JSON.stringify(JSON.stringify({ name: `${shown.experiment}-forged` }));
      await page.evaluate(`(async () => {
        const forged = { method: 'POST', mode: 'no-cors', credentials: 'include' };
        await fetch(${target}, { ...forged, body: ${body} });
        await fetch(${target}, { ...forged, body: new Blob([${body}]) });
        await fetch(${own}, { ...forged, body: new Blob([${body}]) });
        await fetch(${target}, { ...forged, mode: 'cors', headers: { 'content-type': 'application/json' }, body: ${body} }).catch(() => {});
      })()`);
      await page.settled();
      const answers = page.requests.slice(before).filter(({ method }) => method === 'POST');
      expect(answers.length).toBeGreaterThanOrEqual(3);
      expect(answers.filter(({ status = 0 }) => status >= 200 && status < 400)).toEqual([]);
      const known = await fetch(
        `${url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=${shown.experiment}-forged`,
        {
          headers: { authorization: `Bearer ${apiKey}` },
        },
      );
      expect(known.status).toBe(404);
    });
  });
});
