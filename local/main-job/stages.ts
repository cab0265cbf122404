import type { Progress } from '../progress.ts';

/** Facts of a stage as the summary shows them. */
export type Facts = Record<string, string | number | boolean | undefined>;

export interface StageResult {
  readonly stage: string;
  readonly state: 'done' | 'failed';
  readonly seconds: number;
  readonly facts: Facts;
  readonly error?: string;
}

export interface Stages {
  readonly results: readonly StageResult[];
  /** Runs a stage, tells its progress and keeps its facts. A failure is kept, then thrown on. */
  run<T>(stage: string, work: (note: (facts: Facts) => void) => Promise<T>): Promise<T>;
}

export const recordStages = (progress: Progress): Stages => {
  const results: StageResult[] = [];
  const run = async <T>(stage: string, work: (note: (facts: Facts) => void) => Promise<T>): Promise<T> => {
    const started = Date.now();
    const facts: Facts = {};
    const finish = (state: 'done' | 'failed', error?: string) => {
      const seconds = (Date.now() - started) / 1_000;
      results.push({ stage, state, seconds, facts, ...(error && { error }) });
      progress.end(stage, state, seconds);
    };
    progress.begin(stage);
    try {
      const value = await work((more) => Object.assign(facts, more));
      finish('done');
      return value;
    } catch (error) {
      finish('failed', error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
  return { results, run };
};
