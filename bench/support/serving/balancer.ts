import type { Ask, Outcome } from './open-loop.ts';
import { poster, type Target } from './post.ts';

export interface Balancer {
  /** Asks one task after another; what breaks or is refused for now is asked once more, of the next one. */
  readonly ask: Ask;
  /** Tasks to ask; to be changed while it runs. */
  targets: readonly Target[];
  /** Requests that had to be asked again. */
  readonly again: () => number;
  /** Ids of all predictions that were answered. */
  readonly answered: ReadonlySet<string>;
  /** How many answers each version gave. */
  readonly versions: ReadonlyMap<string, number>;
}

interface Predicted {
  readonly prediction_id: string;
  readonly model_version: string;
}

const isForNow = ({ status }: Outcome): boolean => status === 0 || status === 502 || status === 503;

/** What stands before the tasks, as a load balancer and a client that tries again once make it. */
export const balancer = (path: string, bodyOf: (turn: number) => string): Balancer => {
  const post = poster(256);
  const [answered, versions] = [new Set<string>(), new Map<string, number>()];
  let [next, again] = [0, 0];
  const once = (turn: number, place: number): Promise<Outcome> => {
    const { targets } = self;
    const target = targets[place % targets.length];
    return target ? post(target, path, bodyOf(turn)) : Promise.resolve({ status: 0, body: 'there is no task' });
  };
  const note = ({ status, body }: Outcome): void => {
    if (status !== 200) return;
    const { prediction_id, model_version } = JSON.parse(body) as Predicted;
    answered.add(prediction_id);
    versions.set(model_version, (versions.get(model_version) ?? 0) + 1);
  };
  const self: Balancer = {
    targets: [],
    again: () => again,
    answered,
    versions,
    ask: async (turn) => {
      const place = next++;
      let outcome = await once(turn, place);
      if (isForNow(outcome)) {
        again += 1;
        outcome = await once(turn, place + 1);
      }
      note(outcome);
      return outcome;
    },
  };
  return self;
};
