import { describe, expect, it } from '@jest/globals';
import { readProjectFolder } from '#sdk/index.ts';
import { runFeastChecks } from './feast-checks.ts';
import { platform } from './platform.ts';

const PROJECT = 'feast-proof';

/** A project of which the client asks for the feature service that is named as it. */
const files = await readProjectFolder('examples/churn');
const yaml = (files['project.yaml'] ?? '')
  .replace('name: churn\n', `name: ${PROJECT}\n`)
  .replace(/schedules:[\s\S]*$/, 'schedules: false\n');
await platform().pipelines.applyProject({ body: { files: { ...files, 'project.yaml': yaml } } });
const checks = await runFeastChecks(`${PROJECT}:customer_id`);

describe('the unchanged Feast client', () => {
  for (const { name, outcome, message } of checks)
    it(name, () => {
      if (outcome !== 'passed') throw new Error(message || outcome);
    });

  it('has read and written', () => {
    expect(checks.length).toBeGreaterThan(7);
  });
});
