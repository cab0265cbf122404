import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Label } from '#contracts/ledger.ts';
import { postLabels } from '#core/ledger/index.ts';
import { classifier, makeWorld, type World } from './_world.ts';

const regression = { problem: 'regression', classes: [] };
const numbered = { problem: 'binary-classification', classes: ['0', '1'] };

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
const serves = (facts: object, folder = '') => world.deps.artifacts.write(`s3://m/${folder}serving.json`, facts);
const post = (...labels: Label[]) => postLabels(world.deps, { model: 'churn', labels }, 'u-1');
const of = (label: Label['label']): Label => ({ prediction_id: 'p-1', label });
const kept = () => world.keys('labels/');

describe('what comes true of a prediction', () => {
  it.each([0, 12.5, -3])('is a number of a regression: %p', async (label) => {
    await serves(regression);
    expect(await post(of(label))).toEqual({ accepted: 1, model: 'churn' });
  });

  it.each(['abc', '12.5', true, ''])('is nothing else of a regression: %p', async (label) => {
    await serves(regression);
    await expect(post(of(1), of(label))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: `body.labels.1.label: ${JSON.stringify(label)} (prediction p-1) is no number; labels of churn are numbers. None of these 2 labels was kept: correct them and send all again`,
      details: { problems: [{ at: 'body.labels.1.label', code: 'FIELD_TYPE_WRONG', value: label }], allowed: 'number' },
    });
    expect(await kept()).toEqual([]);
  });

  it('is one of the classes, as text or as the number that is its name', async () => {
    await serves(numbered);
    expect(await post(of('1'), of(0))).toEqual({ accepted: 2, model: 'churn' });
  });

  it.each(['churned', true, 2, '', '01'])('is no other class: %p', async (label) => {
    await serves(numbered);
    await expect(post(of('1'), of(label))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: `body.labels.1.label: ${JSON.stringify(label)} (prediction p-1) is no class of churn; labels of churn are "0", "1". None of these 2 labels was kept: correct them and send all again`,
      details: {
        problems: [{ at: 'body.labels.1.label', code: 'FIELD_OUT_OF_RANGE', value: label }],
        classes: ['0', '1'],
      },
    });
    expect(await kept()).toEqual([]);
  });

  it('is a class of either version while a canary is tried, and what is not readable counts for none', async () => {
    const variant = { version: 1, weight: 90, modelUri: 's3://m/' };
    const canary = { version: 2, weight: 10, modelUri: 's3://m/canary' };
    world = await makeWorld({ phase: 'canary', variants: [variant, canary] });
    await expect(post(of('perhaps'))).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await serves({ problem: 'multiclass-classification', classes: ['no', 'perhaps', 'yes'] }, 'canary/');
    expect(await post(of('perhaps'))).toMatchObject({ accepted: 1 });
  });

  it('is a class of a version that served before: labels come late', async () => {
    const [before] = await world.deps.deployments.history('churn', 1);
    const variants = [{ version: 2, weight: 100, modelUri: 's3://m/second/' }];
    await world.deps.deployments.save({ ...before!, revision: 2, variants }, 1);
    await serves({ ...classifier, classes: ['gone', 'stays'] }, 'second/');
    expect(await post(of('stays'), of('yes'))).toMatchObject({ accepted: 2 });
    await expect(post(of('perhaps'))).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('is known by what is readable, beside a serving.json that is broken', async () => {
    const variant = { version: 1, weight: 90, modelUri: 's3://m/' };
    world = await makeWorld({
      phase: 'canary',
      variants: [variant, { ...variant, version: 2, modelUri: 's3://m/cut/' }],
    });
    await world.files.put('cut/serving.json', '{"problem":');
    expect(await post(of('yes'))).toMatchObject({ accepted: 1 });
  });

  it('is not known of a model without serving.json', async () => {
    world = await makeWorld({ variants: [{ version: 1, weight: 100, modelUri: 's3://m/gone/' }] });
    await expect(post(of('yes'))).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining('s3://m/gone/'),
    });
  });

  it('is told with the first wrong rows and some of many classes', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `c${i}`);
    await serves({ ...classifier, classes: names });
    await expect(post(...Array.from({ length: 30 }, () => of('x')))).rejects.toMatchObject({
      message: expect.stringMatching(/and 10 more; labels of churn are "c0", .*"c49", and 10 more\. None of these 30/),
      details: { more: 10, classes: names.slice(0, 50) },
    });
  });
});

describe('the time of a label', () => {
  const at = (time: string): Label => ({ entity_id: 'c-1', time, label: 'yes' });

  it('may be ahead as clocks are', async () => {
    expect(await post(at('2026-02-01T12:24:59.000Z'))).toMatchObject({ accepted: 1 });
  });

  it('is refused when it is to come', async () => {
    await expect(post(at('2026-02-01T12:26:00.000Z'))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining(
        'body.labels.0.time: 2026-02-01T12:26:00.000Z (entity c-1) lies in the future, now is 2026-02-01T12:20:00.000Z',
      ),
      details: { problems: [{ at: 'body.labels.0.time', code: 'FIELD_OUT_OF_RANGE' }] },
    });
    expect(await kept()).toEqual([]);
  });
});
