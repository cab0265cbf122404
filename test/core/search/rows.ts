import fc from 'fast-check';
import type { LoggedModelView, RunView } from '#core/search/index.ts';

/** A run with nothing logged, and what a test is about. */
export const run = (facts: Partial<Omit<RunView, 'info'>> & { info?: Partial<RunView['info']> } = {}): RunView => ({
  metrics: [],
  params: {},
  tags: {},
  inputs: [],
  ...facts,
  info: {
    runId: '0'.repeat(32),
    runName: 'run',
    userId: 'ann',
    status: 'RUNNING',
    startTimeMs: 0,
    artifactUri: 's3://bucket/1/run/artifacts',
    ...facts.info,
  },
});

export const loggedModel = (facts: Partial<LoggedModelView> = {}): LoggedModelView => ({
  modelId: `m-${'0'.repeat(32)}`,
  experimentId: '1',
  name: 'model',
  status: 'READY',
  artifactUri: 's3://bucket/1/models/m/artifacts',
  creationTimeMs: 0,
  lastUpdateTimeMs: 0,
  lifecycleStage: 'active',
  tags: {},
  params: {},
  metrics: [],
  ...facts,
});

const value = fc.constantFrom(
  0,
  -0,
  1,
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 53,
);
const text = fc.constantFrom('', 'a', 'A', 'b', 'é', '😀', '\uffee', '10', '9');
const optional = <T>(key: string, of: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.option(of, { nil: undefined }).map((one) => (one === undefined ? {} : { [key]: one }));
const metricsOf = fc
  .array(fc.record({ key: fc.constantFrom('m', 'n'), value }), { maxLength: 2 })
  .map((all) => all.filter((one, index) => all.findIndex(({ key }) => key === one.key) === index));

const anyRun = fc
  .record({
    id: fc.nat(10 ** 9),
    start: fc.constantFrom(0, 1, 2, 3, 2 ** 53 - 1),
    end: optional('endTimeMs', fc.constantFrom(0, 1, 5)),
    name: text,
    metrics: metricsOf,
    params: optional('p', text),
    tags: optional('t', text),
  })
  .map(({ id, start, end, name, ...logged }) =>
    run({ ...logged, info: { runId: String(id).padStart(32, '0'), startTimeMs: start, runName: name, ...end } }),
  );

/** Runs of different ids that tie often. */
export const runs = (maxLength = 30): fc.Arbitrary<RunView[]> =>
  fc.uniqueArray(anyRun, { maxLength, selector: (one) => one.info.runId });

/** An order of runs, with the default among them. */
export const orderBy: fc.Arbitrary<string[]> = fc
  .uniqueArray(
    fc.constantFrom(
      'metrics.m',
      'metrics.n',
      'params.p',
      'tags.t',
      'start_time',
      'end_time',
      'run_name',
      'metrics.none',
    ),
    { maxLength: 3 },
  )
  .chain((keys) => fc.tuple(...keys.map((key) => fc.constantFrom('', ' ASC', ' DESC').map((way) => `${key}${way}`))));
