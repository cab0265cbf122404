import { Command } from 'commander';
import { metricsOf } from '#contracts/problems.ts';
import type { Run } from '#contracts/tracking.ts';
import { candidateRow } from '#core/training/card/candidate-row.ts';
import type { CandidateRow } from '#core/training/card/facts.ts';
import { connect } from '../../connection.ts';
import { clipped, show, table } from '../../output.ts';
import { childRunsOf, trainingOf } from '../../training-runs.ts';

interface Candidates {
  readonly metric: string | undefined;
  /** Child run of the one that was chosen. */
  readonly chosen: string | undefined;
  readonly candidates: readonly CandidateRow[];
}

const SHOWN_METRICS = 4;
const number = (value: number | undefined, digits = 4): string =>
  value === undefined ? '' : String(Number(value.toPrecision(digits)));

const order: readonly string[] = Object.values(metricsOf).flat();

/** The metric of selection first, then as many others as fit. */
const metricNames = ({ metric, candidates }: Candidates): string[] => {
  const there = new Set(candidates.flatMap(({ test }) => Object.keys(test)));
  const names = [...(metric === undefined ? [] : [metric]), ...order].filter((name) => there.has(name));
  return [...new Set(names)].slice(0, SHOWN_METRICS);
};

// Failures are cut here, and warnings have no room.
const HINT = '\n\n`mlp runs show RUN` tells one whole: its failure, warnings and parameters';

const asText = (found: Candidates): string => {
  const metrics = metricNames(found);
  const head = ['candidate', 'cv score', ...metrics.map((name) => `test ${name}`)];
  return `${table(
    ['', ...head, 'trials', 'seconds', 'onnx kB', 'parity', 'run', 'failure'],
    found.candidates.map((row) => [
      row.runId === found.chosen ? '*' : '',
      row.candidate,
      number(row.cvScore, 5),
      ...metrics.map((name) => number(row.test[name])),
      String(row.trials),
      number(row.seconds, 3),
      row.onnxBytes === undefined ? '' : number(row.onnxBytes / 1e3, 3),
      row.parityMaxAbsDiff === undefined ? '' : row.parityMaxAbsDiff.toExponential(1),
      row.runId,
      clipped(row.failure ?? '', 60),
    ]),
  )}${HINT}`;
};

const candidatesOf = (training: Run, children: readonly Run[]): Candidates => ({
  metric: training.params.metric,
  chosen: training.tags.childRunId,
  candidates: children.map(candidateRow).sort((a, b) => (a.candidate < b.candidate ? -1 : 1)),
});

export const candidatesCommand = (): Command =>
  new Command('candidates')
    .description('candidates of a training side by side; * is the chosen one')
    .argument('<run>', 'id of a training, training.01… too, or of one of its candidates')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp runs candidates 6f0b5c1d2e3f4a5b6c7d8e9f0a1b2c3d')
    .action(async (runId: string, { json }: { json?: boolean }) => {
      const mlops = connect();
      const training = await trainingOf(mlops, runId);
      const found = candidatesOf(training, await childRunsOf(mlops, training.info));
      if (found.candidates.length === 0)
        throw new Error(
          `run ${runId} is no training and belongs to none; \`mlp runs list PROJECT\` shows those that are`,
        );
      show(found, json, asText);
    });
