import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { metricsText } from '../../cli/metrics-text.ts';
import { program } from '../../cli/program.ts';

const asked = jest.fn<typeof fetch>();
beforeEach(() => {
  asked.mockReset();
  process.env.MLP_API_URL = 'http://platform';
  process.env.MLP_API_KEY = 'k';
  jest.spyOn(globalThis, 'fetch').mockImplementation(asked);
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.MLP_API_URL;
  delete process.env.MLP_API_KEY;
});
const mlp = (...args: string[]): Promise<unknown> => program().parseAsync(['node', 'mlp', ...args]);

describe('metrics of a list of runs', () => {
  const metrics = ['accuracy', 'a b', 'f1', 'test_roc_auc'].map((key, i) => ({
    key,
    value: i,
    step: 0,
    timestampMs: 1,
  }));

  it('stand as they are when the search names none', () => {
    expect(metricsText(metrics, ["params.f1 = '1'"])).toBe('accuracy=0 a b=1 f1=2 test_roc_auc=3');
  });

  it('begin with those that the search names', () => {
    const search = ['metrics.test_roc_auc DESC', 'metrics.`a b`>0.5 and metric.f1<=3 and metrics.missing > 1'];
    expect(metricsText(metrics, search)).toBe('test_roc_auc=3 a b=1 f1=2 accuracy=0');
  });
});

describe('options and arguments', () => {
  it.each([['runs', 'list', 'churn'], ['models', 'history', 'churn'], ['status']])(
    'a --limit that is no count is refused before any call: %s %s',
    async (...command) => {
      for (const limit of ['abc', '0', '-1', '1.5', '99999999'])
        await expect(mlp(...command, `--limit=${limit}`)).rejects.toThrow(`--limit "${limit}" is no number`);
      expect(asked).not.toHaveBeenCalled();
    },
  );

  it('compare refuses a run beside itself', async () => {
    await expect(mlp('runs', 'compare', 'a', 'a')).rejects.toThrow('compare needs two different runs');
    expect(asked).not.toHaveBeenCalled();
  });

  it('help says which options are required', () => {
    const [models, rollback] = ['models', 'rollback'].map((name) => program().commands.find((c) => c.name() === name));
    const ofModels = models?.commands.find((command) => command.name() === 'rollback');
    for (const command of [rollback, ofModels])
      expect(command?.helpInformation()).toContain('(required) kept in the history');
  });
});
