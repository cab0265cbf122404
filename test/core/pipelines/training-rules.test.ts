import { describe, expect, it } from '@jest/globals';
import { parseText } from '#adapters/yaml/parse-text.ts';
import { algorithmsOf, metricsOf, Problem } from '#contracts/problems.ts';
import { checkProject, trainingPlan } from '#core/pipelines/index.ts';
import { projectFiles, projectYaml } from './_files.ts';

interface Found {
  readonly path: string;
  readonly message: string;
}

/** Problems of the small project with this training and these lines at its end. */
const problems = (training: string, more = ''): Found[] => {
  const yaml = `${projectYaml.replace('  candidates: [lightgbm]', `  ${training}`)}${more}`;
  try {
    checkProject(projectFiles(yaml), parseText);
    return [];
  } catch (error) {
    return (error as { details: { problems: Found[] } }).details.problems;
  }
};
const only = (training: string, more = ''): Found | undefined => {
  const found = problems(training, more);
  expect(found).toHaveLength(1);
  return found[0];
};

describe('training in a project file', () => {
  it('has candidates that learn what is predicted', () => {
    expect(only('candidates: [linear-regression]')).toMatchObject({
      path: 'training.candidates.0',
      message:
        'linear-regression does not learn binary-classification; its candidates are logistic-regression, random-forest, ' +
        'hist-gradient-boosting, lightgbm, xgboost',
    });
    expect(only('candidates: [xgboost, logistic-regression]', 'problem: regression\n')?.path).toBe(
      'training.candidates.1',
    );
    expect(only('candidates: [xgbost]')?.message).toContain('did you mean "xgboost"?');
    const unknown = only('candidates: [svm]')?.message;
    expect(unknown).toContain('logistic-regression, random-forest');
    expect(unknown).not.toContain('linear-regression');
    expect(only('candidates: [svm]', 'problem: regression\n')?.message).not.toContain('logistic');
    expect(only('candidates: [xgboost, xgboost]')?.message).toContain('there twice');
  });

  it('goes by metrics of the problem, in the search and in gates', () => {
    const multiclass = 'problem: multiclass-classification\n';
    expect(only('metric: f1', multiclass)).toMatchObject({
      path: 'training.metric',
      message: expect.stringMatching(/^f1 is not measured of multiclass-classification; .*did you mean "f1_macro"\?$/),
    });
    expect(only('metric: roc_auc', multiclass)?.message).toContain('did you mean "roc_auc_ovr"?');
    const gate = 'problem: regression\ngate: [{ metric: r2, minimum: 0 }, { against: production, metric: roc_auc }]\n';
    expect(only('trials: 3', gate)).toMatchObject({ path: 'gate.1.metric' });
  });

  it('refuses gates that nothing can pass', () => {
    expect(only('trials: 3', 'gate: [{ metric: f1, minimum: 0.9, maximum: 0.1 }]\n')?.path).toBe('gate.0');
    expect(problems('trials: 3', 'gate: [{ metric: f1, minimum: 0.1, maximum: 0.1 }]\n')).toEqual([]);
  });

  it.each([
    ['threshold: { minimumRecall: 0.8 }', '', 'training.threshold'],
    ['trials: 3', 'fairness: { columns: [sex] }\n', 'fairness'],
  ])('knows %s%s only of two classes', (training, more, path) => {
    expect(problems(training, more)).toEqual([]);
    for (const problem of ['multiclass-classification', 'regression']) {
      const found = only(training, `${more}problem: ${problem}\n`);
      expect(found?.path).toBe(path);
      expect(found?.message).toContain('is for binary-classification alone');
    }
  });

  it('knows serving.threshold and label.positive only of two classes', () => {
    const with_ = (from: string, to: string) => {
      const yaml = `${projectYaml.replace(from, to)}problem: multiclass-classification\n`;
      try {
        checkProject(projectFiles(yaml), parseText);
        return [];
      } catch (error) {
        return (error as { details: { problems: Found[] } }).details.problems.map(({ path }) => path);
      }
    };
    expect(with_('entityKey: customer_id', 'entityKey: customer_id\n  threshold: 0.4')).toEqual(['serving.threshold']);
    expect(with_('{ name: churned }', '{ name: churned, positive: "yes" }')).toEqual(['label.positive']);
    expect(with_('churned', 'churned')).toEqual([]);
  });

  it.each(['classWeight: balanced', 'calibration: always'])('knows %s only of classes', (training) => {
    for (const problem of ['binary-classification', 'multiclass-classification'])
      expect(problems(training, `problem: ${problem}\n`)).toEqual([]);
    expect(only(training, 'problem: regression\n')?.message).toContain('multiclass-classification alone');
  });

  it('compares groups of columns that are neither repeated, nor the label, nor a key', () => {
    const found = problems(
      'trials: 3',
      'fairness: { columns: [sex, Sex, churned, customer_id, event_timestamp, Contract] }\n',
    );
    expect(found.map(({ path }) => path)).toEqual([1, 2, 3, 4, 5].map((i) => `fairness.columns.${i}`));
    expect(problems('trials: 3', 'fairness: { columns: [sex, contract] }\n')).toEqual([]);
  });

  it('trusts features only', () => {
    expect(only('trustedFeatures: [calls, contrat]')).toMatchObject({
      path: 'training.trustedFeatures.1',
      message: '"contrat" is no feature; features are calls, contract; did you mean "contract"?',
    });
  });

  it('stacks at least two candidates, and no more than there are', () => {
    expect(only('candidates: [xgboost]\n  stacking: true')?.message).toContain('at least two candidates');
    expect(only('candidates: [xgboost, lightgbm]\n  stacking: { best: 3 }')?.message).toContain('best 3 of 2');
    expect(problems('candidates: [xgboost, lightgbm]\n  stacking: true')).toEqual([]);
    expect(problems('stacking: { best: 5 }')).toEqual([]);
  });

  it('needs a machine on SageMaker and takes none on ecs', () => {
    expect(only('compute: { on: sagemaker }')?.path).toBe('training.compute.instanceType');
    expect(only('compute: { instanceType: ml.m5.xlarge }')?.path).toBe('training.compute.instanceType');
    expect(only('compute: { on: sagemaker, instanceType: big }')?.message).toContain('ml.g5.12xlarge');
    expect(problems('compute: { on: sagemaker, instanceType: ml.m5.xlarge }')).toEqual([]);
  });
});

describe('trainingPlan', () => {
  it.each(Problem.options)(
    'trains all that learns %s, by its first metric, and holds it against production',
    (problem) => {
      const project = checkProject(
        projectFiles(`${projectYaml.replace('training:\n  candidates: [lightgbm]\n', '')}problem: ${problem}\n`),
        parseText,
      );
      const { candidates, metric, gates, stacked } = trainingPlan(project);
      expect(candidates).toEqual(algorithmsOf[problem]);
      expect(metric).toBe(metricsOf[problem][0]);
      expect(gates.at(-1)).toEqual({ against: 'production', margin: 0, confidence: 0.95 });
      expect(stacked).toBe(0);
    },
  );
});
