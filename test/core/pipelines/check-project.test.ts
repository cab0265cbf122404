import { describe, expect, it } from '@jest/globals';
import { parseText } from '#adapters/yaml/parse-text.ts';
import { checkProject } from '#core/pipelines/index.ts';
import { projectFiles, projectYaml } from './_files.ts';

interface Problem {
  file: string;
  line: number;
  column: number;
  path: string;
  message: string;
}

const problemsOf = (files: Record<string, string>): Problem[] => {
  try {
    checkProject(files, parseText);
  } catch (error) {
    const { code, details } = error as { code: string; details: { problems: Problem[] } };
    expect(code).toBe('PROJECT_INVALID');
    return details.problems;
  }
  throw new Error('the project was taken');
};
const edited = (from: string, to: string): Problem[] => {
  expect(projectYaml).toContain(from);
  return problemsOf(projectFiles(projectYaml.replace(from, to)));
};

describe('checkProject', () => {
  it('reads a valid project and fills in what it leaves out', () => {
    const project = checkProject(projectFiles(), parseText);
    expect(project).toMatchObject({
      name: 'churn',
      problem: 'binary-classification',
      training: { candidates: ['lightgbm'], trials: 10, pruning: true, calibration: 'auto' },
      schedules: { data: 'cron(0 2 * * ? *)', monitoring: 'rate(2 hours)' },
    });
  });

  it('names an unknown key with its place, its value, what is allowed and the nearest known key', () => {
    const [problem, ...others] = edited('  entityKey: customer_id', '  entity_key: customer_id');
    expect([problem, ...others]).toHaveLength(2);
    const unknown = [problem, ...others].find((found) => found?.path === 'serving.entity_key');
    expect(unknown).toMatchObject({ file: 'project.yaml', line: 24, column: 3 });
    expect(unknown?.message).toBe(
      'unknown key "entity_key" (value "customer_id"); allowed here: entityKey, requestFields, threshold, explanations, ledger; did you mean "entityKey"?',
    );
  });

  it('finds the nearest key at the top and inside lists', () => {
    expect(
      edited('featureViews:', 'featureview:')
        .map((found) => found.message)
        .join(),
    ).toContain('did you mean "featureViews"?');
    const [inside] = edited('    entity: customer\n', '    entity: customer\n    ttl: 30\n');
    expect(inside).toMatchObject({ line: 17, path: 'featureViews.0.ttl' });
    expect(inside?.message).toContain(
      'allowed here: name, description, entity, features, source, pushSource, ttlDays, online, owner, tags',
    );
  });

  it('shows a wrong value, what is allowed and what was probably meant', () => {
    const [problem] = edited('[lightgbm]', '[lightgbm, xgbost]');
    expect(problem).toMatchObject({ line: 22, column: 26, path: 'training.candidates.1' });
    expect(problem?.message).toBe(
      'must be one of logistic-regression, random-forest, hist-gradient-boosting, lightgbm, xgboost, got "xgbost"; did you mean "xgboost"?',
    );
  });

  it.each([
    ['name: churn', 'name: Churn!', 'name', 'got "Churn!"'],
    ['path: customers.csv', 'path: ../secrets.csv', 'sources.customers.path', '../secrets.csv'],
    ['rate(2 hours)', 'hourly', 'schedules.monitoring', 'must be cron'],
    ['rate(2 hours)\n', 'rate(2 hours)\n  datta: x\n', 'schedules.datta', 'did you mean "data"?'],
    ['label: { name: churned }\n', '', 'label', 'got nothing'],
    ['entity: customer', 'entity: user', 'featureViews.0.entity', 'no entity "user"; entities are customer'],
    ['entityKey: customer_id', 'entityKey: user_id', 'serving.entityKey', 'join keys are customer_id'],
    ['requestFields: [calls]', 'requestFields: [cals]', 'serving.requestFields.0', '"cals" is no feature'],
    ['rate(2 hours)', 'cron(0 2 * * ?)', 'schedules.monitoring', 'six fields'],
    ['rate(2 hours)', 'rate(0 hours)', 'schedules.monitoring', 'rate('],
    ['name: contract', 'name: event_timestamp', 'featureViews.0.features.1.name', 'the platform'],
    ['name: contract', 'name: customer_id', 'featureViews.0.features.1.name', 'join key'],
    ['label: { name: churned }', 'label: { name: calls }', 'featureViews.0.features.0.name', 'is the label'],
    ['name: contract', 'name: calls', 'featureViews.0.features.1.name', 'feature "calls" is there twice'],
    ['sql: sql/dataset.sql', 'sql: sql/data.sql', 'dataset.sql', 'the file "sql/data.sql" is missing or empty'],
  ])('refuses %j as %j at %s', (from, to, path, message) => {
    const problems = edited(from, to);
    const found = problems.find((problem) => problem.path === path);
    expect(found?.message).toContain(message);
    expect(found?.line).toBeGreaterThan(0);
  });

  it('lists every problem at once', () => {
    const yaml = projectYaml.replace('entity: customer\n', 'entity: user\n').replace('[calls]', '[cals, minutes]');
    const files = { ...projectFiles(yaml), 'sql/features.sql': ' ' };
    expect(problemsOf(files).map((problem) => problem.path)).toEqual([
      'featureViews.0.entity',
      'serving.requestFields.0',
      'serving.requestFields.1',
      'features.sql',
    ]);
  });

  it('tells of 20 problems at most, and how many more there are', () => {
    const fields = Array.from({ length: 33 }, (_, i) => `cals${i}`);
    const files = projectFiles(projectYaml.replace('[calls]', `[${fields.join(', ')}]`));
    expect(() => checkProject(files, parseText)).toThrow(/and 13 more$/);
    expect(problemsOf(files)).toHaveLength(20);
  });

  it('places what is no YAML, a key written twice and an alias bomb', () => {
    expect(edited('label: { name: churned }', 'label: { name: churned')[0]?.line).toBeGreaterThan(18);
    expect(edited('name: churn\n', 'name: churn\nname: fraud\n')[0]).toMatchObject({ line: 2, column: 1 });
    const layer = (n: number): string =>
      `a${n}: &a${n} [${Array(9)
        .fill(`*a${n - 1}`)
        .join(', ')}]\n`;
    const bomb = `a0: &a0 [x]\n${[1, 2, 3, 4, 5, 6].map(layer).join('')}`;
    expect(problemsOf(projectFiles(bomb))).toHaveLength(1);
  });

  it.each([['[]'], ['just text'], [''], ['null']])('refuses %j as a whole', (yaml) => {
    expect(problemsOf(projectFiles(yaml))[0]).toMatchObject({ file: 'project.yaml', line: 1 });
  });

  it('reads the suite and says where it is wrong', () => {
    const suite = (text: string): Problem[] => problemsOf({ ...projectFiles(), 'expectations/churn.json': text });
    expect(suite('{"expectations": [}')[0]).toMatchObject({ file: 'expectations/churn.json', line: 1 });
    expect(suite('expectations: []')[0]?.message).toContain('is not JSON');
    const severe = '{\n "expectations": [\n  {"type": "x", "severity": "fatal"}\n ]\n}';
    expect(suite(severe)[0]).toMatchObject({ line: 3, path: 'expectations.0.severity' });
  });

  it('says which files it was given when project.yaml is not among them', () => {
    expect(() => checkProject({ 'project.yml': '' }, parseText)).toThrow('files given: project.yml');
  });
});
