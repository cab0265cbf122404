import { expect, it } from '@jest/globals';
import { fleetGauges } from '#core/serving/index.ts';

const ledger = {
  ...{ written: 1, delivered: 0, repeated: 0, lost: 0, refused: 0 },
  ...{ explained: 0, unexplained: 0, waitingBytes: 9 },
};

it('asks what it tells when it is read, each metric with its type', () => {
  let died = 0;
  const { render } = fleetGauges({
    shelf: { state: () => ({ known: 3, loaded: 2, bytes: 1, mostBytes: 4 }) },
    dependencies: { registry: { isUp: () => false } },
    ledger: () => ledger,
    heavy: () => ({ threads: 2, busy: 1, waiting: 5, died }),
  });
  const lines = () => render().split('\n');
  expect(lines()).toEqual(
    expect.arrayContaining([
      'models_known 3',
      'dependency_up{dependency="registry"} 0',
      'prediction_ledger_written_total 1',
      '# TYPE heavy_threads_alive gauge',
      'heavy_threads_alive 2',
      'heavy_threads_busy 1',
      'heavy_requests_waiting 5',
      '# TYPE heavy_threads_died_total counter',
      'heavy_threads_died_total 0',
    ]),
  );
  died = 1;
  expect(lines()).toContain('heavy_threads_died_total 1');
});
