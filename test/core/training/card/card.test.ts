import { describe, expect, it } from '@jest/globals';
import type { Run } from '#contracts/tracking.ts';
import { type CardFacts, candidateRow, cardPlots, modelCard } from '#core/training/card/index.ts';
import { pixel, someFacts, someResult } from './_facts.ts';

const bothOf = (facts: CardFacts): string[] => Object.values(modelCard(facts));

describe('a model card', () => {
  it.each([
    ['what it predicts', 'Which customers leave next month.'],
    ['its threshold', 'from a probability of 0.37 on'],
    ['its data', `${'d'.repeat(32)}, 4034 rows`],
    ['its window', '2026-02-01T00:00:00Z to 2026-03-01T00:00:00Z'],
    ['its split', '2400 train, 800 validation, 834 test'],
    ['the failed candidate too', 'too small'],
    ['the parity', '2310 rows, adversarial ones too: largest difference 4.2e-7'],
    ['the calibration', 'corrected by sigmoid; out-of-fold log loss 0.3412, now 0.3377'],
    ['the groups', '0.95 (0.9 to 1)'],
    ['the group that is too small', '22, too few to judge'],
    ['production', 'Beside version 3 in production'],
    ['warnings', 'column fax is'],
    ['how to reproduce it', `npx mlp runs reproduce ${'c'.repeat(32)}`],
    ['the sha256', 'ab'.repeat(32)],
    ['the time and cost', '1 min 15 s'],
    ['the parameters', 'max_depth 4 · learning_rate 0.07132 · booster gbtree'],
    ['the cost', '0.00103 US dollars'],
  ])('tells %s, on both', (_, words) => {
    const shown = words.replaceAll('|', '');
    const [markdown = '', html = ''] = bothOf(someFacts());
    expect(markdown.replaceAll('\\', '')).toContain(shown);
    expect(html).toContain(shown);
  });

  it('counts the confusion by class and answer', () => {
    const { markdown } = modelCard(someFacts());
    expect(markdown).toContain('| is | answered 0 | answered 1 |');
    expect(markdown).toContain('| 1 | 62 | 119 |');
  });

  it('names the features that matter most first, by their SHAP values', () => {
    const { markdown } = modelCard(someFacts());
    const [tenure, contract, age] = ['tenure\\_months | 0.81', 'contract\\_type | 0.55', 'age | 0.03'].map((row) =>
      markdown.indexOf(`| ${row}`),
    );
    expect(tenure).toBeGreaterThan(0);
    expect(contract).toBeGreaterThan(tenure ?? 0);
    expect(age).toBeGreaterThan(contract ?? 0);
  });

  it('shows request fields, which have no SHAP values of their own, by what mixing them up costs', () => {
    const result = {
      ...someResult(),
      shapImportances: { odds: 0.9, dull: 0.001 },
      importances: { amount: 0.2, dull: 0 },
    };
    const { markdown } = modelCard(someFacts({ result }));
    const [amount, odds, dull] = ['| amount | – | 0.2', '| odds | 0.9 | –', '| dull |'].map((row) =>
      markdown.indexOf(row),
    );
    expect([amount, odds].every((at) => Number(at) > 0 && Number(at) < Number(dull))).toBe(true);
  });

  it('carries its plots within the page and points to their files in the text', () => {
    const { html, markdown } = modelCard(someFacts());
    expect(html).toContain(`src="data:image/png;base64,${Buffer.from(pixel).toString('base64')}"`);
    expect(markdown).toContain('![roc](../plots/roc.png)');
  });

  it('takes nothing that people or data wrote for markup', () => {
    const facts = someFacts();
    const project = { ...facts.project, description: '<script>alert(1)</script> | **x**' };
    const [markdown = '', html = ''] = bothOf({ ...facts, project });
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;');
    expect(markdown).toContain('\\<script\\>alert(1)\\</script\\> \\| \\*\\*x\\*\\*');
    expect(html).toContain("default-src 'none'");
    const plots = [{ name: 'roc" onerror="alert(1)', png: pixel }];
    expect(modelCard({ ...facts, plots }).html).toContain('<img alt="roc&quot; onerror=&quot;alert(1)" src="data:');
  });

  it('says where groups were not looked at, and where no limit was set', () => {
    const { fairness: _, ...result } = someResult();
    expect(modelCard(someFacts({ result })).markdown).toContain('was not measured');
    expect(modelCard(someFacts()).markdown).toContain('no limit was set');
  });

  it('speaks of numbers where a number is predicted', () => {
    const { threshold: _t, calibration: _c, confusionMatrix: _m, fairness: _f, ...rest } = someResult();
    const result = { ...rest, problem: 'regression' as const, metric: 'rmse' as const, testMetrics: { rmse: 12.5 } };
    const { markdown } = modelCard(someFacts({ result }));
    expect(markdown).toContain('predicts the number churned');
    expect(markdown).not.toContain('Test rows by class');
    expect(markdown).not.toContain('groups of people');
  });

  it('has no word of production and warnings where there are none', () => {
    const { production: _, ...result } = someResult();
    const { markdown } = modelCard(someFacts({ result: { ...result, warnings: [] } }));
    expect(markdown).not.toContain('in production');
    expect(markdown).not.toContain('## Warnings');
  });
});

describe('what a card is made of', () => {
  it('few plots, in the order of a reader', () => {
    expect(cardPlots(['trials', 'shap', 'calibration', 'precision-recall', 'roc', 'confusion'])).toEqual([
      'roc',
      'precision-recall',
      'calibration',
      'shap',
    ]);
  });

  it('candidates as their runs tell, also while they train', () => {
    const point = (key: string, value: number, step = 0) => ({ key, value, step, timestampMs: 1 });
    const run = {
      info: { runId: 'r', runName: 'lightgbm', status: 'RUNNING' },
      metrics: [point('trial_score', 0.81, 3), point('best_score', 0.84, 3), point('test_roc_auc', 0.83)],
      tags: { candidate: 'lightgbm', 'failure.reason': 'killed' },
    } as unknown as Run;
    expect(candidateRow(run)).toEqual({
      runId: 'r',
      candidate: 'lightgbm',
      status: 'RUNNING',
      trials: 4,
      test: { roc_auc: 0.83 },
      failure: 'killed',
    });
  });
});
