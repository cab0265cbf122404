import { describe, expect, it } from '@jest/globals';
import { parseText } from '#adapters/yaml/parse-text.ts';
import { checkProject, trainingPlan } from '#core/pipelines/index.ts';
import { readProjectFolder } from '#sdk/index.ts';

const projectOf = async (name: string) => checkProject(await readProjectFolder(`examples/${name}`), parseText);

describe('the examples', () => {
  it.each(['churn', 'telco', 'fraud'])('%s is a project that the platform takes', async (name) => {
    const project = await projectOf(name);
    expect(project.name).toBe(name);
    expect(trainingPlan(project).candidates.length).toBeGreaterThan(1);
  });

  it('fraud stacks, compares regions that are no features, and weighs its mistakes', async () => {
    const project = await projectOf('fraud');
    const features = [...project.featureViews, ...project.onDemandViews].flatMap((view) => view.features);
    expect(trainingPlan(project)).toMatchObject({ metric: 'pr_auc', stacked: 3 });
    expect(features.map(({ name }) => name)).not.toContain('region');
    expect(project.fairness?.columns).toEqual(['region']);
    expect(project.training.threshold).toEqual({ cost: { falsePositive: 1, falseNegative: 2 } });
  });
});
