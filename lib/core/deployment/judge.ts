import type { GuardVerdict, RolloutState, VariantHealth } from '#contracts/deployment.ts';
import type { Clock } from '#core/shared/index.ts';
import { verdictsOf } from './guards.ts';
import { type NextMove, nextMove } from './next-move.ts';
import type { DeploymentStore, HealthSource } from './ports.ts';
import { endedBecause, isAlive } from './rollout-rules.ts';

export interface JudgeDeps {
  readonly deployments: DeploymentStore;
  readonly health: HealthSource;
  readonly clock: Clock;
}

export interface Judgement extends NextMove {
  readonly verdicts: GuardVerdict[];
  readonly health: VariantHealth;
}

/**
 * The fleet's measurements reach the metrics store late, so the wait is longer than the bake by that lag: at its end the
 * whole bake is known. Those of a step's last moments are judged with the next step.
 */
const windowOf = (state: RolloutState, now: Date) => {
  const lagMs = state.step > 0 ? (state.bakeSeconds - state.rollout.bakeSeconds) * 1_000 : 0;
  const from = new Date(Date.parse(state.bakeStartedAt) - lagMs);
  return { model: state.model, version: state.version, from, to: now };
};

/** Looks at the bake so far (extra bakes included) and says how the rollout goes on. Writes nothing. */
export const judge = async (deps: JudgeDeps, { state }: { state: RolloutState }): Promise<Judgement> => {
  const current = await deps.deployments.find(state.model);
  const health = await deps.health.measure(windowOf(state, deps.clock.now()));
  const verdicts = verdictsOf(health, state.rollout.guards);
  if (!isAlive(current, state.version))
    return { move: 'rollback', reason: endedBecause(current, state), state, verdicts, health };
  return { ...nextMove(state, verdicts), verdicts, health };
};
