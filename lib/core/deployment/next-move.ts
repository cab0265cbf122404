import type { GuardVerdict, RolloutMove, RolloutState } from '#contracts/deployment.ts';

export interface NextMove {
  readonly move: RolloutMove;
  readonly reason: string;
  /** State the move is done with: `shift` already points at the next step, `bake` counts the extra bake. */
  readonly state: RolloutState;
}

const reasonsOf = (verdicts: readonly GuardVerdict[], verdict: GuardVerdict['verdict']): string =>
  verdicts
    .filter((v) => v.verdict === verdict)
    .map((v) => `${v.guard}: ${v.reason}`)
    .join('; ');

const advance = (state: RolloutState, reason: string): NextMove =>
  state.step + 1 < state.rollout.steps.length
    ? { move: 'shift', reason, state: { ...state, step: state.step + 1, extraBakes: 0 } }
    : { move: 'promote', reason, state };

const wait = (state: RolloutState, missing: string): NextMove => {
  const { maxExtraBakes, onTooLittleTraffic } = state.rollout;
  if (state.extraBakes < maxExtraBakes)
    return { move: 'bake', reason: missing, state: { ...state, extraBakes: state.extraBakes + 1 } };
  const reason = `${missing}; after ${state.extraBakes} extra bakes the project says "${onTooLittleTraffic}"`;
  return onTooLittleTraffic === 'rollback' ? { move: 'rollback', reason, state } : advance(state, reason);
};

/**
 * What a rollout does after a bake. One failing guard is a rollback whatever the others say; a guard without enough data
 * bakes again, up to rollout.maxExtraBakes times, then rollout.onTooLittleTraffic decides.
 * @example nextMove(state, [{ guard: 'error-rate', verdict: 'fail', reason }]).move // 'rollback'
 */
export const nextMove = (state: RolloutState, verdicts: readonly GuardVerdict[]): NextMove => {
  const failed = reasonsOf(verdicts, 'fail');
  if (failed) return { move: 'rollback', reason: failed, state };
  const missing = reasonsOf(verdicts, 'not-enough-data');
  return missing ? wait(state, missing) : advance(state, 'every guard passed');
};
