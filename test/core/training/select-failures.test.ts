import { describe, expect, it } from '@jest/globals';
import { trainingFiles } from '#contracts/training.ts';
import { deleteRun } from '#core/tracking/index.ts';
import { prepared, succeed } from './_prepared.ts';
import { resultOf } from './_world.ts';

describe('select among candidates that failed', () => {
  it('goes on without the failed ones and keeps their reasons', async () => {
    const p = await prepared();
    await p.leave('lightgbm', trainingFiles.error, { code: 'TYPE_MISMATCH', message: 'column age is text' });
    await p.leave('xgboost', trainingFiles.result, resultOf('xgboost'));
    const outcomes = [
      p.outcome('lightgbm', 'exit code 1'),
      p.outcome('xgboost'),
      p.outcome('logistic-regression', 'spot'),
    ];
    expect(await p.choose(outcomes)).toMatchObject({ candidate: 'xgboost' });
    const told = await p.child('lightgbm');
    expect(told.info.status).toBe('FAILED');
    expect(told.tags['failure.reason']).toBe('TYPE_MISMATCH: column age is text');
    expect((await p.child('logistic-regression')).tags['failure.reason']).toBe('spot');
  });

  it('hears what a task that ended well refused, unless an attempt after that was killed', async () => {
    const p = await prepared();
    await p.leave('lightgbm', trainingFiles.error, { code: 'COLUMN_MISSING', message: 'no column age' });
    await p.leave('logistic-regression', trainingFiles.error, {});
    await p.leave('xgboost', trainingFiles.result, resultOf('xgboost'));
    await p.choose([p.outcome('lightgbm'), p.outcome('logistic-regression', 'spot'), p.outcome('xgboost')]);
    expect((await p.child('lightgbm')).tags['failure.reason']).toBe('COLUMN_MISSING: no column age');
    expect((await p.child('logistic-regression')).tags['failure.reason']).toBe('spot');
  });

  it('refuses when none is left, with each reason, and fails the parent run', async () => {
    const p = await prepared();
    await p.leave('xgboost', trainingFiles.result, { candidate: 'xgboost' });
    const chosen = p.choose([p.outcome('lightgbm', 'killed'), p.outcome('xgboost'), p.outcome('logistic-regression')]);
    await expect(chosen).rejects.toMatchObject({
      code: 'CANDIDATES_FAILED',
      details: {
        reasons: {
          lightgbm: 'killed',
          xgboost: expect.stringContaining('is not a training result'),
          'logistic-regression': expect.stringContaining('left no s3://'),
        },
      },
    });
    const parent = await p.parent();
    expect(parent.info.status).toBe('FAILED');
    expect(parent.tags['failure.code']).toBe('CANDIDATES_FAILED');
  });

  it('passes on what every candidate was refused for', async () => {
    const p = await prepared();
    const leak = { code: 'LEAKAGE_SUSPECTED', message: 'feature plan alone predicts the label' };
    await p.leave('lightgbm', trainingFiles.error, leak);
    await p.leave('xgboost', trainingFiles.error, leak);
    const both = [p.outcome('lightgbm'), p.outcome('xgboost')];
    await expect(p.choose(both)).rejects.toMatchObject({ code: 'LEAKAGE_SUSPECTED' });
    expect((await p.child('lightgbm')).tags['failure.code']).toBe('LEAKAGE_SUSPECTED');
    await expect(p.choose([...both, p.outcome('random-forest', 'spot')])).rejects.toMatchObject({
      code: 'CANDIDATES_FAILED',
    });
    await p.leave('xgboost', trainingFiles.error, { code: 'KeyError', message: "'x'" });
    await expect(p.choose([p.outcome('xgboost')])).rejects.toMatchObject({ code: 'CANDIDATES_FAILED' });
  });

  it.each(['SOURCE_INVALID', 'INVALID_REQUEST'])('passes on %s, which a person can mend', async (code) => {
    const p = await prepared();
    await p.leave('xgboost', trainingFiles.error, { code, message: 'no column can be learned from' });
    await expect(p.choose([p.outcome('xgboost')])).rejects.toMatchObject({ code });
  });

  it('chooses no candidate whose run somebody deleted, and goes on with the others', async () => {
    const p = await prepared();
    const both = await succeed(p, { lightgbm: 0.9, xgboost: 0.8 });
    await deleteRun(p.world.deps.tracking, p.childId('lightgbm'));
    expect(await p.choose(both)).toMatchObject({ candidate: 'xgboost' });
    await deleteRun(p.world.deps.tracking, p.childId('xgboost'));
    await expect(p.choose(both)).rejects.toMatchObject({
      code: 'CANDIDATES_FAILED',
      message: expect.stringContaining(`lightgbm: its run "${p.childId('lightgbm')}" was deleted`),
    });
  });

  it('never names a model whose graph differs from its Python model', async () => {
    const p = await prepared();
    const parity = { rows: 400, maxAbsDiff: 0.5, labelMismatches: 9, computedMismatches: 0, passed: false };
    await p.leave('lightgbm', trainingFiles.result, resultOf('lightgbm', { cvScore: 0.99, parity }));
    await p.leave('xgboost', trainingFiles.result, resultOf('xgboost'));
    expect(await p.choose([p.outcome('lightgbm'), p.outcome('xgboost')])).toMatchObject({ candidate: 'xgboost' });
    await expect(p.choose([p.outcome('lightgbm')])).rejects.toMatchObject({ code: 'PARITY_NOT_MET' });
    expect((await p.child('lightgbm')).info.status).toBe('FAILED');
    await p.leave('xgboost', trainingFiles.error, { code: 'PARITY_NOT_MET', message: 'differs by 0.5' });
    await expect(p.choose([p.outcome('xgboost', 'exit code 1')])).rejects.toMatchObject({
      code: 'PARITY_NOT_MET',
      details: { reasons: { xgboost: 'PARITY_NOT_MET: differs by 0.5' } },
    });
  });
});
