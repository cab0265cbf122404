import type { CardFacts } from './facts.ts';
import { bytesText, figure, type Section, secondsText } from './section.ts';

/** What it learned from. */
export const dataSection = ({ data, window, result, referenceDatasetId, projectVersion }: CardFacts): Section => {
  const { train, validation, test } = result.rows;
  return {
    title: 'Data',
    facts: [
      ['Training data set', `${data.datasetId}, ${data.rowCount} rows`],
      ['Split', `${train} train, ${validation} validation, ${test} test`],
      ...(window ? [['Window', `${window.start} to ${window.end}`] as const] : []),
      ['Made from', [...data.inputs.datasets, ...data.inputs.files.map(({ path }) => path)].join(', ')],
      ['Drift is measured against', referenceDatasetId],
      ['Project', `version ${projectVersion}`],
    ],
  };
};

const costText = ({ result }: CardFacts): string =>
  result.costUsd === undefined ? 'no price is known' : `${figure(result.costUsd)} US dollars`;

/** How to make it again, and what it took. */
export const reproduceSection = (facts: CardFacts): Section => {
  const { result, parentRunId, reason } = facts;
  return {
    title: 'How to make it again',
    text: ['The same data, code, seed and environment give the same bytes:'],
    code: `npx mlp runs reproduce ${result.runId}`,
    facts: [
      ['sha256 of model.onnx', `${result.onnx.sha256} (${bytesText(result.onnx.bytes)})`],
      ['Run', `${result.runId} of training ${parentRunId}: ${reason}`],
      ['Time', `${secondsText(result.seconds)}, of which ${secondsText(result.searchSeconds)} searching`],
      ['Cost of the task', costText(facts)],
      [
        'Environment',
        Object.entries(result.environment)
          .map(([name, value]) => `${name} ${value}`)
          .join(' · '),
      ],
    ],
  };
};
