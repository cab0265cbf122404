import { describe, expect, it } from '@jest/globals';
import { TrainingJob } from '#contracts/training.ts';
import { modelInputs } from '#core/training/data-set/training-set.ts';
import { jobPlace, trainingJob } from '#core/training/training-job.ts';
import { projectOf } from './_world.ts';

const view = {
  name: 'payment',
  requestFields: [{ name: 'amount', type: 'number', minimum: 0 }],
  features: [{ name: 'per_year', type: 'number', sql: 'amount / age' }],
};
const age = { name: 'age', type: 'integer', required: true, minimum: 0, maximum: 130 };
const project = projectOf({
  featureViews: [{ name: 'profile', entity: 'customer', features: [age, { name: 'plan', type: 'string' }] }],
  onDemandViews: [view],
});
const jobOf = (of: typeof project): TrainingJob => {
  const version = { project: of, version: 1, contentSha256: 'x', files: {}, appliedAt: '', appliedBy: '' };
  const place = jobPlace('s3://a/1', { runId: 'r', childRunId: 'c', candidate: 'lightgbm' });
  return trainingJob(version, { data: { uri: 's3://data/x/', datasetId: 'd' } }, place);
};

describe('what a training task passes on to serving', () => {
  it('is the declared type of its inputs, and their contract where they have one', () => {
    expect(modelInputs(project)).toEqual([
      { name: 'age', type: 'number', declared: 'integer', required: true, minimum: 0, maximum: 130 },
      { name: 'plan', type: 'string', declared: 'string' },
      { name: 'per_year', type: 'number', declared: 'number' },
    ]);
  });

  it('is which views the stored inputs come from, and no view of another entity', () => {
    const entities = [...project.entities, { name: 'store', joinKey: 'store_id' }];
    const other = { name: 'stores', entity: 'store', features: [{ name: 'size', type: 'number' }] };
    const two = projectOf({ entities, featureViews: [...project.featureViews, other] });
    expect(jobOf(two).views).toEqual(['profile']);
  });

  it('is how on-demand inputs are computed', () => {
    const job = jobOf(project);
    expect(job.onDemand).toEqual({
      requestFields: [{ name: 'amount', type: 'number', minimum: 0 }],
      stored: [{ name: 'age', type: 'integer' }],
      features: [{ name: 'per_year', type: 'number', sql: 'amount / age' }],
    });
    expect(TrainingJob.parse(JSON.parse(JSON.stringify(job)))).toEqual(job);
    expect(jobOf(projectOf())).not.toHaveProperty('onDemand');
  });
});
