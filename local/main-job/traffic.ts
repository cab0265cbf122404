import type { Prediction, PredictRequest } from '#contracts/serving.ts';
import { type MlopsClient, PlatformRequestError } from '#sdk/index.ts';

export interface TrafficCount {
  readonly sent: number;
  readonly failed: number;
  /** Answers by model version. */
  readonly versions: Readonly<Record<string, number>>;
  readonly sample: Prediction | undefined;
  readonly firstFailure: string | undefined;
}

export interface Traffic {
  count(): TrafficCount;
  /** Ends it and waits for what is still under way. */
  stop(): Promise<TrafficCount>;
}

export interface TrafficPlan {
  readonly model: string;
  readonly requests: readonly PredictRequest[];
  readonly perSecond: number;
  /** Stop after that many. @default until stopped */
  readonly limit?: number;
}

interface Tally {
  sent: number;
  failed: number;
  versions: Record<string, number>;
  sample: Prediction | undefined;
  firstFailure: string | undefined;
}

// Before the first deployment nothing serves the model: that is waiting, not failing.
const isWaiting = (error: unknown, tally: Tally) =>
  tally.sent === 0 && error instanceof PlatformRequestError && error.code === 'MODEL_NOT_SERVED';

const ask = async (mlops: MlopsClient, plan: TrafficPlan, turn: { tally: Tally; request: PredictRequest }) => {
  const { tally, request } = turn;
  try {
    const answer = await mlops.serving.predict({ path: { model: plan.model }, body: request });
    tally.sent += 1;
    tally.versions[answer.model_version] = (tally.versions[answer.model_version] ?? 0) + 1;
    tally.sample = answer;
  } catch (error) {
    if (isWaiting(error, tally)) return;
    tally.sent += 1;
    tally.failed += 1;
    tally.firstFailure ??= error instanceof Error ? error.message : String(error);
  }
};

const atOnce = 16;

/** Clients that ask in turn, at a steady rate, through the platform's API. */
export const startTraffic = (mlops: MlopsClient, plan: TrafficPlan): Traffic => {
  const tally: Tally = { sent: 0, failed: 0, versions: {}, sample: undefined, firstFailure: undefined };
  const underWay = new Set<Promise<void>>();
  let turn = 0;
  let ended: (() => void) | undefined;
  const allSent = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const tick = () => {
    if (plan.limit !== undefined && turn >= plan.limit) return ended?.();
    const request = plan.requests[turn % plan.requests.length];
    if (underWay.size >= atOnce || !request) return;
    turn += 1;
    const asked = ask(mlops, plan, { tally, request }).finally(() => underWay.delete(asked));
    underWay.add(asked);
  };
  const timer = setInterval(tick, 1_000 / plan.perSecond);
  return {
    count: () => ({ ...tally }),
    stop: async () => {
      if (plan.limit !== undefined) await allSent;
      clearInterval(timer);
      await Promise.all(underWay);
      return { ...tally };
    },
  };
};
