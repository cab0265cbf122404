import { describe, expect, it } from '@jest/globals';
import { type ExecutionEvent, getPipelineRun } from '#core/pipelines/index.ts';

type Facts = Partial<ExecutionEvent>;
const events = (all: [type: string, facts?: Facts][]): ExecutionEvent[] =>
  all.map(([type, facts], i) => ({
    id: i + 1,
    previousId: i,
    type,
    at: `2026-01-01T00:00:${String(i).padStart(2, '0')}.000Z`,
    ...facts,
  }));
/** As engines write it that tell no previous event. */
const unlinked = (all: ExecutionEvent[]): ExecutionEvent[] => all.map((event) => ({ ...event, previousId: 0 }));

const stagesOf = async (history: ExecutionEvent[]) => {
  const facts = { status: 'RUNNING' as const, startedAt: '2026-01-01T00:00:00.000Z', input: { project: 'churn' } };
  const engine = { start: async () => undefined, describe: async () => facts, history: async () => history };
  return (await getPipelineRun({ engine }, 'data.x')).stages;
};
const short = async (history: ExecutionEvent[]) =>
  (await stagesOf(history)).map(({ name, status }) => `${name} ${status}`);

const plain = events([
  ['ExecutionStarted'],
  ['TaskStateEntered', { state: 'Ingest' }],
  ['TaskScheduled'],
  ['TaskFailed', { error: 'Lambda.TooManyRequestsException' }],
  ['TaskScheduled'],
  ['TaskSucceeded'],
  ['TaskStateExited', { state: 'Ingest', output: { rowCount: 3 } }],
  ['ChoiceStateEntered', { state: 'Enough' }],
  ['ChoiceStateExited', { state: 'Enough' }],
  ['TaskStateEntered', { state: 'Validate' }],
  ['TaskScheduled'],
  ['TaskFailed', { error: 'EXPECTATIONS_NOT_MET', cause: 'age' }],
]);

describe.each([
  ['linked', plain],
  ['unlinked', unlinked(plain)],
])('stages of a %s history', (_, history) => {
  it('names what ran, what runs and what came of it, without choices', async () => {
    expect(await stagesOf(history)).toMatchObject([
      {
        name: 'Ingest',
        status: 'SUCCEEDED',
        output: { rowCount: 3 },
        startedAt: history[1]?.at,
        endedAt: history[6]?.at,
      },
      { name: 'Validate', status: 'RUNNING', error: 'EXPECTATIONS_NOT_MET', cause: 'age' },
    ]);
  });

  it('ends an open stage with the execution, or says that its failure was caught', async () => {
    const next = (type: string, facts: Facts): ExecutionEvent[] => [
      ...history,
      { id: 13, previousId: history[1]?.previousId ? 12 : 0, type, at: '2026-01-01T00:01:00.000Z', ...facts },
    ];
    expect(await short(next('ExecutionFailed', { error: 'EXPECTATIONS_NOT_MET' }))).toEqual([
      'Ingest SUCCEEDED',
      'Validate FAILED',
    ]);
    expect(await short(next('TaskStateExited', { state: 'Validate' }))).toEqual([
      'Ingest SUCCEEDED',
      'Validate CAUGHT',
    ]);
  });
});

describe('stages of a map', () => {
  it('keeps its iterations apart, though their events mix', async () => {
    const history = events([
      ['MapStateEntered', { state: 'TrainCandidates' }],
      ['MapStateStarted'],
      ['MapIterationStarted', { index: 0, previousId: 2 }],
      ['MapIterationStarted', { index: 1, previousId: 2 }],
      ['TaskStateEntered', { state: 'Train', previousId: 3 }],
      ['TaskStateEntered', { state: 'Train', previousId: 4 }],
      ['TaskScheduled', { previousId: 5 }],
      ['TaskScheduled', { previousId: 6 }],
      ['TaskFailed', { previousId: 8, error: 'OutOfMemory' }],
      ['TaskSucceeded', { previousId: 7 }],
      ['TaskStateExited', { previousId: 9, state: 'Train' }],
      ['TaskStateExited', { previousId: 10, state: 'Train' }],
      ['MapIterationSucceeded', { previousId: 11, index: 1 }],
      ['MapIterationSucceeded', { previousId: 12, index: 0 }],
      ['MapStateSucceeded', { previousId: 14 }],
      ['MapStateExited', { previousId: 15, state: 'TrainCandidates' }],
      ['TaskStateEntered', { state: 'Select', previousId: 16 }],
    ]).map((event) => (event.id === 1 ? { ...event, previousId: 0 } : event));
    expect(await short(history)).toEqual([
      'TrainCandidates SUCCEEDED',
      'TrainCandidates[0].Train SUCCEEDED',
      'TrainCandidates[1].Train CAUGHT',
      'Select RUNNING',
    ]);
  });

  it('does not blame the map for a task that failed inside it and was caught there', async () => {
    const history = unlinked(
      events([
        ['MapStateEntered', { state: 'TrainCandidates' }],
        ['TaskScheduled'],
        ['TaskFailed', { error: 'OutOfMemory' }],
        ['MapStateExited', { state: 'TrainCandidates' }],
      ]),
    );
    expect(await short(history)).toEqual(['TrainCandidates SUCCEEDED']);
  });

  it('lists a state again each time it is entered', async () => {
    const round: [string, Facts?][] = [
      ['WaitStateEntered', { state: 'Bake' }],
      ['WaitStateExited', { state: 'Bake' }],
    ];
    expect(await short(events([...round, ...round]))).toEqual(['Bake SUCCEEDED', 'Bake SUCCEEDED']);
  });
});

describe('getPipelineRun', () => {
  it.each(['data', 'data.', 'other.x', 'data.a/b', ''])('knows no run %j', async (runId) => {
    const engine = { start: async () => undefined, describe: async () => undefined, history: async () => [] };
    await expect(getPipelineRun({ engine }, runId)).rejects.toMatchObject({ code: 'PIPELINE_RUN_NOT_FOUND' });
  });
});
