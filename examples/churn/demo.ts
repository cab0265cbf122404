import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Demo, DemoAct, DemoContext, Outcome } from '#local/demo.ts';
import { generate } from './generate.ts';

const customers = 4_000;
const asked = 400;
const dayMs = 86_400_000;

/** Every tenth customer asks. */
const requests = Array.from({ length: asked }, (_, index) => ({
  customer_id: `C${String(1 + index * (customers / asked)).padStart(6, '0')}`,
}));

/** Who of them left: what the month's labels say. */
const outcomesIn = async (folder: string): Promise<Outcome[]> => {
  const asking = new Set(requests.map(({ customer_id }) => customer_id));
  const [file = ''] = await readdir(folder);
  const [, ...lines] = (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n');
  return lines.flatMap((line) => {
    const [id = '', , churned] = line.split(',');
    return asking.has(id) ? [{ entity_id: id, label: Number(churned) }] : [];
  });
};

const act = async (context: DemoContext, window: { drift: boolean; endsDaysAgo: number }): Promise<DemoAct> => {
  const end = new Date(context.today.getTime() - window.endsDaysAgo * dayMs);
  const out = join(context.workDir, window.drift ? 'drifted' : 'calm');
  await generate({ out, customers, seed: 7, end: end.toISOString().slice(0, 10), days: 30, drift: window.drift });
  return { uploadDir: out, end, requests, outcomes: await outcomesIn(join(out, 'labels')) };
};

/** A calm month, then one after the market has turned. */
export const demo: Demo = {
  calm: (context) => act(context, { drift: false, endsDaysAgo: 30 }),
  drifted: (context) => act(context, { drift: true, endsDaysAgo: 0 }),
};
