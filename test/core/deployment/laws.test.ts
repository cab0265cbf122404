import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Deployment, GuardVerdict, RolloutState } from '#contracts/deployment.ts';
import { guards, nextMove, restoredVariants, shiftedVariants, verdictsOf } from '#core/deployment/index.ts';

const steps = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 5 })
  .map((found) => [...found.sort((a, b) => a - b), 100]);
const version = fc.integer({ min: 1, max: 3 });

const state: fc.Arbitrary<RolloutState> = fc
  .record({
    version,
    steps,
    at: fc.nat(),
    extraBakes: fc.nat({ max: 4 }),
    maxExtraBakes: fc.nat({ max: 3 }),
    onTooLittleTraffic: fc.constantFrom('proceed' as const, 'rollback' as const),
  })
  .map(({ version: v, steps: list, at, extraBakes, maxExtraBakes, onTooLittleTraffic }) => ({
    model: 'churn',
    project: 'churn',
    version: v,
    modelUri: `s3://bucket/${v}/model/`,
    stickyKey: 'id',
    by: 'ann',
    rollout: {
      steps: list,
      bakeSeconds: 1,
      maxExtraBakes,
      onTooLittleTraffic,
      guards: { maxErrorRate: 0.01, maxP95LatencyMs: 200, minRequests: 20 },
    },
    step: at % list.length,
    extraBakes,
    bakeStartedAt: '2026-01-01T00:00:00Z',
    bakeSeconds: 1,
  }));

const deployment: fc.Arbitrary<Deployment> = fc
  .record({
    first: version,
    second: fc.option(version),
    weight: fc.integer({ min: 0, max: 100 }),
    phase: fc.constantFrom('stable' as const, 'canary' as const, 'rolled-back' as const),
  })
  .map(({ first, second, weight, phase }) => {
    const uri = (v: number) => `s3://bucket/${v}/model/`;
    const alone = second === null || second === first;
    const rest = { model: 'churn', project: 'churn', revision: 1, stickyKey: 'id', featureService: 'churn' };
    const variants = alone
      ? [{ version: first, weight: 100, modelUri: uri(first) }]
      : [
          { version: first, weight: 100 - weight, modelUri: uri(first) },
          { version: second, weight, modelUri: uri(second) },
        ];
    return { ...rest, phase: alone ? 'stable' : phase, variants, reason: '', updatedAt: '', updatedBy: '' };
  });

const maybe = fc.option(deployment, { nil: undefined });
const verdict: fc.Arbitrary<GuardVerdict> = fc.record({
  guard: fc.constantFrom(...guards.map((guard) => guard.name)),
  verdict: fc.constantFrom('pass' as const, 'fail' as const, 'not-enough-data' as const),
  reason: fc.string({ minLength: 1 }),
});
const total = (variants: Deployment['variants']) => variants.reduce((sum, v) => sum + v.weight, 0);
const weightOf = (variants: Deployment['variants'], v: number) => variants.find((x) => x.version === v)?.weight ?? 0;

describe('laws of a rollout', () => {
  it('weights always add up to 100', () =>
    fc.assert(
      fc.property(maybe, state, (current, s) => {
        expect(total(shiftedVariants(current, s))).toBe(100);
        if (current) expect(total(restoredVariants(current, s.version))).toBe(100);
      }),
    ));

  it('a canary never loses traffic but by a rollback', () =>
    fc.assert(
      fc.property(deployment, state, (current, s) => {
        fc.pre(current.phase === 'canary' && current.variants.at(-1)?.version === s.version);
        const before = weightOf(current.variants, s.version);
        expect(weightOf(shiftedVariants(current, s), s.version)).toBeGreaterThanOrEqual(before);
      }),
    ));

  it('a shift followed by a rollback is where it began', () =>
    fc.assert(
      fc.property(deployment, state, (current, s) => {
        fc.pre(current.phase !== 'canary' && current.variants[0]?.version !== s.version);
        const shifted = { ...current, phase: 'canary' as const, variants: shiftedVariants(current, s) };
        expect(restoredVariants(shifted, s.version)).toEqual([{ ...current.variants[0], weight: 100 }]);
      }),
    ));

  it('one failing guard is a rollback, whatever the others say, and its reason is told', () =>
    fc.assert(
      fc.property(state, fc.array(verdict), fc.nat(), (s, others, at) => {
        const failed: GuardVerdict = { guard: 'p95-latency', verdict: 'fail', reason: 'far too slow' };
        const next = nextMove(s, others.toSpliced(at % (others.length + 1), 0, failed));
        expect(next.move).toBe('rollback');
        expect(next.reason).toContain(failed.reason);
      }),
    ));

  it('without a failing guard only too little traffic can roll back', () =>
    fc.assert(
      fc.property(state, fc.array(verdict), (s, all) => {
        const verdicts = all.filter((v) => v.verdict !== 'fail');
        const next = nextMove(s, verdicts);
        const waiting = verdicts.some((v) => v.verdict === 'not-enough-data');
        if (!waiting) expect(next.move).toBe(s.step + 1 < s.rollout.steps.length ? 'shift' : 'promote');
        if (next.move === 'rollback') expect(s.rollout.onTooLittleTraffic).toBe('rollback');
      }),
    ));

  it('every rollout ends: each move counts a bake or goes a step on', () =>
    fc.assert(
      fc.property(state, fc.array(fc.array(verdict), { minLength: 60, maxLength: 60 }), (start, rounds) => {
        let s: RolloutState = { ...start, step: 0, extraBakes: 0 };
        const ended = rounds.some((verdicts) => {
          const next = nextMove(s, verdicts);
          s = next.state;
          return next.move === 'promote' || next.move === 'rollback';
        });
        expect(ended).toBe(true);
      }),
    ));
});

describe('the guards', () => {
  const limits = { maxErrorRate: 0.05, maxP95LatencyMs: 100, minRequests: 20 };
  const health = { version: 2, requests: 100, errors: 5, loadFailures: 0, p95LatencyMs: 100 };
  const say = (change: object) => verdictsOf({ ...health, ...change }, limits).map((v) => v.verdict);

  it.each([
    ['passes at the limits', {}, ['pass', 'pass', 'pass']],
    ['fails one error above', { errors: 6 }, ['pass', 'fail', 'pass']],
    ['fails above the latency', { p95LatencyMs: 100.1 }, ['pass', 'pass', 'fail']],
    [
      'fails a load without any traffic',
      { requests: 0, errors: 0, loadFailures: 1, p95LatencyMs: null },
      ['fail', 'not-enough-data', 'not-enough-data'],
    ],
    [
      'takes no silence for a loaded model',
      { requests: 0, errors: 0, p95LatencyMs: null },
      ['not-enough-data', 'not-enough-data', 'not-enough-data'],
    ],
    ['waits below the least requests', { requests: 19, errors: 1 }, ['pass', 'not-enough-data', 'not-enough-data']],
    ['does not wait when errors are beyond repair', { requests: 10, errors: 2 }, ['pass', 'fail', 'not-enough-data']],
    ['waits while the latency has not arrived', { p95LatencyMs: null }, ['pass', 'pass', 'not-enough-data']],
  ])('%s', (_, change, expected) => expect(say(change)).toEqual(expected));
});
