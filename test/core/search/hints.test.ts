import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  parseExperimentSearch,
  parseLoggedModelSearch,
  parseModelSearch,
  parseRunSearch,
  parseVersionSearch,
  type RunView,
  type SearchNeeds,
} from '#core/search/index.ts';
import { oracle } from './oracle.ts';
import { run } from './rows.ts';

const runFilters = oracle.cases.flatMap(({ kind, filter, found }) =>
  kind === 'runs' && filter && found && !filter.includes('((') ? [filter] : [],
);

describe('what a search tells a store', () => {
  it('names the keys that it reads', () => {
    const filter =
      "metrics.`a b` > 1 AND params.p LIKE 'x%' AND tags.t IS NULL AND dataset.name = 'd' AND metrics.m < 2";
    const search = parseRunSearch({ filter, orderBy: ['metrics.m', 'params.q DESC', 'start_time'] });
    expect(search.needs()).toEqual({ metrics: ['a b', 'm'], params: ['p', 'q'], tags: ['t'], datasets: true });
    expect(parseRunSearch({}).needs()).toEqual({ metrics: [], params: [], tags: [], datasets: false });
    expect(parseRunSearch({ filter: "run_name = 'x'" }).needs().tags).toEqual(['mlflow.runName']);
    expect(parseModelSearch({}).needs().tags).toEqual(['mlflow.prompt.is_prompt']);
  });

  it('decides the same over a run that holds nothing but those keys', () => {
    const only = <T>(all: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> =>
      Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key)));
    const partOf = (whole: RunView, needs: SearchNeeds): RunView => ({
      info: whole.info,
      metrics: whole.metrics.filter(({ key }) => needs.metrics.includes(key)),
      params: only(whole.params, needs.params),
      tags: only(whole.tags, needs.tags),
      inputs: needs.datasets ? whole.inputs : [],
    });
    const deceived = runFilters.filter((filter) => {
      const { matches, needs } = parseRunSearch({ filter });
      return oracle.rows.runs.some((whole) => matches(partOf(whole, needs())) !== matches(whole));
    });
    expect(deceived).toEqual([]);
  });

  it('pins an attribute to the values of = and IN', () => {
    const pinned = (filter: string) => parseRunSearch({ filter }).pinned('run_id');
    expect(pinned("run_id IN ('a', 'b', 'a')")).toEqual(['a', 'b']);
    expect(pinned("run_id IN ('a', 'b') AND run_id = 'b' AND metrics.m > 0")).toEqual(['b']);
    expect(pinned("run_id = 'a' AND run_id = 'b'")).toEqual([]);
    expect(pinned("run_id != 'a' AND run_id LIKE 'b'")).toBeUndefined();
    expect(parseVersionSearch({ filter: "name = 'churn' AND run_id = 'r'" }).pinned('name')).toEqual(['churn']);
    expect(parseModelSearch({ filter: "name IN ('a')" }).pinned('name')).toEqual(['a']);
    expect(parseExperimentSearch({ filter: "experiment_id = '007'" }).pinned('experiment_id')).toEqual(['7']);
    expect(parseLoggedModelSearch({ filter: "source_run_id = 'r'" }).pinned('source_run_id')).toEqual(['r']);
  });

  it('bounds the start of every run that matches', () => {
    const operator = fc.constantFrom('>', '>=', '=', '<', '<=', '!=');
    const limit = fc.constantFrom('0', '999.5', '1000', '1e3', '1000.5', '-1', '9007199254740993');
    const clause = fc.tuple(operator, limit).map(([op, value]) => `start_time ${op} ${value}`);
    const start = fc.constantFrom(0, 999, 1_000, 1_001, 2 ** 53 - 1);
    fc.assert(
      fc.property(fc.array(clause, { minLength: 1, maxLength: 3 }), start, (clauses, startTimeMs) => {
        const search = parseRunSearch({ filter: clauses.join(' AND ') });
        const { fromMs, untilMs } = search.startTime();
        const within =
          (fromMs === undefined || startTimeMs >= fromMs) && (untilMs === undefined || startTimeMs <= untilMs);
        expect(within || !search.matches(run({ info: { startTimeMs } }))).toBe(true);
      }),
    );
    expect(parseRunSearch({ filter: 'created >= 5 AND start_time < 9.5 AND end_time > 0' }).startTime()).toEqual({
      fromMs: 5,
      untilMs: 10,
    });
    expect(parseRunSearch({ filter: 'metrics.start_time > 5' }).startTime()).toEqual({});
  });

  it('says when the order follows the start time', () => {
    const walk = (orderBy: string[]) => parseRunSearch({ orderBy }).walk();
    expect(walk([])).toBe('newest-first');
    expect(walk(['created ASC'])).toBe('oldest-first');
    expect(walk(['metrics.m', 'start_time'])).toBeUndefined();
  });
});
