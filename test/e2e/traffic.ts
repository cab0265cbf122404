import { setTimeout as sleep } from 'node:timers/promises';
import { outputs } from './platform.ts';
import { customerId } from './small-project.ts';

export interface Answer {
  /** When it was asked, milliseconds since 1970. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** 0 when the connection broke. */
  readonly status: number;
  readonly version?: string;
}

export interface Traffic {
  readonly answers: readonly Answer[];
  stop(): Promise<readonly Answer[]>;
}

export const isGood = ({ status }: Answer): boolean => status === 200;

const ask = async (model: string, customer: number): Promise<Answer> => {
  const { apiUrl, apiKey } = outputs();
  const askedAt = Date.now();
  try {
    const reply = await fetch(`${apiUrl}/predict/${model}`, {
      method: 'POST',
      body: JSON.stringify({ customer_id: customerId(customer) }),
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(10_000),
    });
    const body = (await reply.json()) as { model_version?: string };
    const version = body.model_version;
    return { askedAt, answeredAt: Date.now(), status: reply.status, ...(version !== undefined && { version }) };
  } catch {
    return { askedAt, answeredAt: Date.now(), status: 0 };
  }
};

/** Clients that ask at a steady rate and never ask twice for one answer: every failure is counted. */
export const startTraffic = (model: string, perSecond = 20): Traffic => {
  const answers: Answer[] = [];
  const underWay = new Set<Promise<void>>();
  let turn = 0;
  const timer = setInterval(() => {
    turn += 1;
    const asked = ask(model, 1 + (turn % 600)).then((answer) => void answers.push(answer));
    underWay.add(asked);
    void asked.finally(() => underWay.delete(asked));
  }, 1_000 / perSecond);
  return {
    answers,
    stop: async () => {
      clearInterval(timer);
      while (underWay.size > 0) await sleep(20);
      return answers.toSorted((a, b) => a.askedAt - b.askedAt);
    },
  };
};

/** How many answers each version gave. */
export const byVersion = (answers: readonly Answer[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { version = 'none' } of answers) counts[version] = (counts[version] ?? 0) + 1;
  return counts;
};
