import { describe, expect, it } from '@jest/globals';
import { PlatformError } from '#core/shared/errors.ts';
import { lambdaVariables, readEnvironment } from '../../../containers/processing/env.ts';
import { runStep } from '../../../containers/processing/run-step.ts';

const variables = {
  STEP: 'features/ingest',
  INPUT: '{"project":"shop","execution":"e-1","start":"2026-01-01T00:00:00Z"}',
  CODE_VERSIONS: '{"features/ingest":"abc"}',
  DATA_BUCKET: 'data',
  MEMORY_MIB: '16384',
};
const environment = readEnvironment(variables);

const run = async (work: () => Promise<unknown>, { step = 'features/ingest', canKeep = true } = {}) => {
  const seen: { events: unknown[]; kept: string[]; lines: unknown[] } = { events: [], kept: [], lines: [] };
  const handler = (event: unknown) => {
    seen.events.push(event);
    return work();
  };
  const code = await runStep({
    environment: { ...environment, STEP: step },
    steps: { 'features/ingest': async () => ({ handler }) },
    keep: async ({ code: refusal }) => {
      if (!canKeep) throw new TypeError('no bucket');
      seen.kept.push(refusal);
    },
    say: (line) => seen.lines.push(JSON.parse(line)),
  });
  return { code, ...seen };
};

describe('a processing task', () => {
  it('hands the input to the handler of the step and ends with 0', async () => {
    const events = [{ project: 'shop', execution: 'e-1', start: '2026-01-01T00:00:00Z' }];
    expect(await run(async () => ({}))).toEqual({ code: 0, events, kept: [], lines: [] });
  });

  it('ends with 65 when the step refuses, says so last and keeps it for the Lambda', async () => {
    const refused = await run(async () => {
      throw new PlatformError('SQL_INVALID', 'dataset.sql, line 1: no');
    });
    expect(refused).toMatchObject({ code: 65, kept: ['SQL_INVALID'] });
    expect(refused.lines).toEqual([{ code: 'SQL_INVALID', message: 'dataset.sql, line 1: no' }]);
  });

  it('ends with 2 when the refusal could not be kept, which it still says last', async () => {
    const refusal = new PlatformError('SQL_INVALID', 'no');
    const { code, lines } = await run(() => Promise.reject(refusal), { canKeep: false });
    expect(code).toBe(2);
    expect(lines).toEqual([
      { code: 'TypeError', message: 'the refusal could not be stored: no bucket' },
      { code: 'SQL_INVALID', message: 'no' },
    ]);
  });

  it.each([
    ['a crash', new Error('out of memory'), { code: 'Error', message: 'out of memory' }],
    ['a busy service', new PlatformError('UNAVAILABLE', 'S3 is busy'), { code: 'UNAVAILABLE', message: 'S3 is busy' }],
  ])('ends with 2 after %s, which may go well the next time', async (_, error, line) => {
    const crashed = await run(async () => {
      throw error;
    });
    expect(crashed).toMatchObject({ code: 2, kept: [], lines: [line] });
  });

  it('names the steps there are when it is given another', async () => {
    const { code, lines } = await run(async () => ({}), { step: 'features/guess' });
    expect([code, lines]).toEqual([
      2,
      [{ code: 'Error', message: expect.stringContaining('features/ingest, got "features/guess"') }],
    ]);
  });
});

describe('the environment of a processing task', () => {
  it("becomes that of the step's Lambda", () => {
    expect(lambdaVariables(environment)).toEqual({
      CODE_VERSION: 'abc',
      POWERTOOLS_SERVICE_NAME: 'features/ingest',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '16384',
    });
  });

  it('is refused by the name of what is missing or misstated', () => {
    const { DATA_BUCKET: _, ...rest } = variables;
    expect(() => readEnvironment({ ...rest, INPUT: '{' })).toThrow(
      /misstates: INPUT, DATA_BUCKET; the task definition/,
    );
    expect(() => lambdaVariables({ ...environment, STEP: 'features/x' })).toThrow(
      /none for features\/x; it has: features\/ingest/,
    );
  });
});
