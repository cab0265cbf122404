/**
 * The running platform (`npm start`) under load, through API, load balancer and task: a thousand requests over fifty
 * threads, then a steady rate. A request is never asked twice, and is timed from when it was due:
 * `npm run bench -- serving-load [--seconds 300] [--rate 100] [--model churn] [--customers N] [--outputs FILE] [--out FILE]`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LocalOutputs } from '#local/outputs.ts';
import { localPaths } from '#local/paths.ts';
import { type Ask, closedLoop, openLoop, type Summary, summaryOf, told } from './support/serving/open-loop.ts';
import { poster } from './support/serving/post.ts';
import { customer } from './support/serving/stage-content.ts';
import { printTable } from './support/table.ts';

const THREADS = 50;
const REQUESTS = 1_000;
const TELL_EVERY_MS = 30_000;
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    rate: { type: 'string', default: '100' },
    model: { type: 'string', default: 'churn' },
    customers: { type: 'string', default: '500' },
    outputs: { type: 'string', default: join(localPaths().state, 'outputs.json') },
    out: { type: 'string' },
  },
});
const { predictUrl, apiKey } = JSON.parse(readFileSync(values.outputs, 'utf8')) as LocalOutputs;
const post = poster(1_024);
const headers = { authorization: `Bearer ${apiKey}` };

/** What this process has asked and been answered so far. */
const seen = { asked: 0, answered: 0, ok: 0 };
const ask: Ask = async (turn) => {
  seen.asked += 1;
  const body = JSON.stringify({ customer_id: customer(1 + (turn % Number(values.customers))) });
  const outcome = await post({ url: predictUrl, headers }, `/predict/${values.model}`, body);
  seen.answered += 1;
  if (outcome.status === 200) seen.ok += 1;
  return outcome;
};
const tell = (): void =>
  console.error(`${seen.asked} asked, ${seen.asked - seen.answered} of them waiting, ${seen.ok} ok`);
const telling = setInterval(tell, TELL_EVERY_MS);

interface Proof extends Summary {
  readonly what: string;
  readonly isGood: boolean;
}

const shareOf = ({ ok, requests }: Summary): number => ok / requests;

const threads = async (): Promise<Proof> => {
  const found = summaryOf(await closedLoop(ask, REQUESTS, THREADS));
  return { ...found, what: `${REQUESTS} requests over ${THREADS} threads: > 99 % ok`, isGood: shareOf(found) > 0.99 };
};

const steady = async (): Promise<Proof> => {
  const rate = { perSecond: Number(values.rate), seconds: Number(values.seconds) };
  const found = summaryOf(await openLoop(ask, rate));
  const what = `${rate.perSecond} a second for ${rate.seconds} s: > 99.5 % ok, p95 < 100 ms`;
  return { ...found, what, isGood: shareOf(found) > 0.995 && found.p95 < 100 };
};

const first = await ask(0);
if (first.status !== 200) throw new Error(`the first prediction was answered ${first.status}: ${first.body}`);
const proofs = [await threads(), await steady()];
clearInterval(telling);
printTable(
  ['', '', 'requests', 'ok', 'answers', 'p50 ms', 'p95 ms', 'p99 ms', 'most ms'],
  proofs.map((one) => [
    one.isGood ? 'holds' : 'BROKEN',
    one.what,
    String(one.requests),
    `${(shareOf(one) * 100).toFixed(2)} %`,
    told(one.statuses),
    one.p50,
    one.p95,
    one.p99,
    one.most,
  ]),
);
if (values.out) writeFileSync(values.out, JSON.stringify(proofs, undefined, 2));
if (proofs.some(({ isGood }) => !isGood)) process.exitCode = 1;
