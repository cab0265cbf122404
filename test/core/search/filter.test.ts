import { describe, expect, it } from '@jest/globals';
import {
  parseExperimentSearch,
  parseLoggedModelSearch,
  parseModelSearch,
  parseRunSearch,
  parseVersionSearch,
} from '#core/search/index.ts';
import { run } from './rows.ts';

const matches = (filter: string, facts: Parameters<typeof run>[0]): boolean =>
  parseRunSearch({ filter }).matches(run(facts));

describe('a filter', () => {
  it.each([
    ["metrics.m > 1 OR tags.t = 'a'", 'OR'],
    ["(tags.t = 'a')", '('],
    ['tags.t = abc', 'abc'],
    ["tags.t = 'abc", "'abc"],
    ["tags.t == 'a'", '=='],
    ["tags.t NOT LIKE 'a'", 'NOT LIKE'],
    ["metrics.m > 'a'", "'a'"],
    ['metrics.m >', 'the end'],
    ["span.name = 'a'", 'span'],
    ["tags.t IS 'a'", "'a'"],
    ["run_id IN ('a', 1)", '1'],
    ["run_id IN ('a'", 'the end'],
    ["status IN ('RUNNING')", 'IN'],
    ["run_id = ('a')", "('a' )"],
    ['metrics.a-b > 1', '-b'],
  ])('is refused at the token that has no meaning: %s', (filter, token) => {
    expect(() => parseRunSearch({ filter })).toThrow(
      expect.objectContaining({ code: 'INVALID_REQUEST', details: { where: 'filter', token } }),
    );
  });

  it('says what is allowed instead', () => {
    expect(() => parseRunSearch({ filter: "nope = 'a'" })).toThrow(
      /"nope": an attribute of a run is one of run_id, run_name/,
    );
    expect(() => parseRunSearch({ filter: "metrics.m LIKE 'a'" })).toThrow(/"LIKE": metrics.m takes one of >, >=, =/);
    expect(() => parseExperimentSearch({ filter: "experiment_id = 'x'" })).toThrow(
      /"x": an experiment_id is a whole number/,
    );
    expect(() => parseModelSearch({ orderBy: ['creation_time'] })).toThrow(
      /"creation_time": registered models are sorted by one of name/,
    );
    expect(() => parseVersionSearch({ filter: 'version_number > 1.5' })).toThrow(
      /"1.5": a version_number is a whole number/,
    );
    expect(() => parseLoggedModelSearch({ datasets: [{ datasetName: '' }] })).toThrow(/dataset_name/);
    expect(() => parseRunSearch({ orderBy: ['status', 'status DESC'] })).toThrow(
      /"attribute.status": each key may be sorted by once/,
    );
  });

  it('shortens what it shows', () => {
    expect(() => parseRunSearch({ filter: 'x'.repeat(10_000) })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,500}$/) }),
    );
  });

  it('compares whole numbers beyond 2^53 exactly', () => {
    const info = { startTimeMs: Number.MAX_SAFE_INTEGER };
    expect(matches('start_time < 9007199254740992', { info })).toBe(true);
    expect(matches('start_time = 9007199254740991', { info })).toBe(true);
    expect(matches('start_time >= 9007199254740993', { info })).toBe(false);
  });

  it('compares infinities as the greatest doubles, which is how the wire shows them', () => {
    const metrics = [{ key: 'm', value: Number.POSITIVE_INFINITY }];
    expect(matches('metrics.m = 1.7976931348623157e308', { metrics })).toBe(true);
    expect(matches('metrics.m < 1e400', { metrics })).toBe(true);
    expect(matches('metrics.m < -1e308', { metrics: [{ key: 'm', value: Number.NEGATIVE_INFINITY }] })).toBe(true);
  });

  it('matches NaN with != only', () => {
    const metrics = [{ key: 'm', value: Number.NaN }];
    expect(
      ['=', '!=', '<', '<=', '>', '>='].filter((operator) => matches(`metrics.m ${operator} 0`, { metrics })),
    ).toEqual(['!=']);
  });

  it('takes no key from what every object inherits', () => {
    for (const key of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect([matches(`tags.${key} IS NULL`, {}), matches(`params.${key} != 'a'`, {})]).toEqual([true, false]);
    expect(matches("tags.constructor = 'a'", { tags: { constructor: 'a' } as never })).toBe(true);
  });

  it('reads the escapes of a list', () => {
    const ids = (filter: string) => parseRunSearch({ filter }).pinned('run_id');
    expect(ids(String.raw`run_id IN ('it\'s', "it's", 'a\\b', 'a\qb', 'x\ty', "a""b", 'say "" hi')`)).toEqual([
      "it's",
      'a\\b',
      'a\\qb',
      'x\ty',
      'ab',
      'say "" hi',
    ]);
  });

  it('lets - and / stand bare in keys of logged models only', () => {
    expect(parseLoggedModelSearch({ filter: 'metrics.val/a-b > 1' }).needs().metrics).toEqual(['val/a-b']);
    expect(() => parseRunSearch({ filter: 'metrics.val/a-b > 1' })).toThrow(/"\/a-b"/);
  });

  it('leaves prompts out of the registry unless they are asked for', () => {
    const model = (tags: Record<string, string>) => ({ name: 'a', tags, lastUpdateTimeMs: 0 });
    const prompt = model({ 'mlflow.prompt.is_prompt': 'true' });
    const asking = parseModelSearch({ filter: "tags.`mlflow.prompt.is_prompt` = 'true'" });
    const client = parseModelSearch({ filter: "name = 'a' AND tag.`mlflow.prompt.is_prompt` != 'true'" });
    expect([asking.matches(prompt), asking.matches(model({}))]).toEqual([true, false]);
    expect([client.matches(prompt), client.matches(model({}))]).toEqual([false, true]);
    expect([parseModelSearch({}).matches(prompt), parseModelSearch({}).matches(model({}))]).toEqual([false, true]);
  });
});
