import { join } from 'node:path';
import type { PredictRequest } from '#contracts/serving.ts';
import type { Demo, DemoAct, DemoContext } from '#local/demo.ts';
import { seededRandom } from '../random.ts';
import { generate } from './generate.ts';
import { makeCard, newestPayment, seasons } from './world.ts';

const cards = 20_000;
const asked = 400;
const seed = 7;
const dayMs = 86_400_000;

/** The next payment with every fiftieth card, as the shop asks about it. */
const requestsIn = (drift: boolean): PredictRequest[] => {
  const random = seededRandom(drift ? 12 : 11);
  return Array.from({ length: asked }, (_, index) => {
    const card = makeCard(seed, 1 + index * (cards / asked));
    const { payment } = newestPayment(card, random, drift ? seasons.holidays : seasons.calm);
    const { amount, hour, country, merchant, channel, isKnownDevice: is_known_device } = payment;
    return { card_id: card.id, amount, hour, country, merchant, channel, is_known_device };
  });
};

const act = async (context: DemoContext, window: { drift: boolean; endsDaysAgo: number }): Promise<DemoAct> => {
  const end = new Date(context.today.getTime() - window.endsDaysAgo * dayMs);
  const out = join(context.workDir, window.drift ? 'drifted' : 'calm');
  await generate({ out, cards, seed, end: end.toISOString().slice(0, 10), days: 30, drift: window.drift });
  return { uploadDir: out, end, requests: requestsIn(window.drift) };
};

/** An ordinary month, then a season of holidays. */
export const demo: Demo = {
  calm: (context) => act(context, { drift: false, endsDaysAgo: 30 }),
  drifted: (context) => act(context, { drift: true, endsDaysAgo: 0 }),
};
