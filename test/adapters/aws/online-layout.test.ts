import { expect, it } from '@jest/globals';
import { toItem } from '#adapters/aws/online-layout.ts';

const times = '2026-01-01T00:00:00.000Z 2026-01-01T00:00:01.000Z';
const stored = (values: string) => ({
  pk: { S: 'churn/customer_id#c-1' },
  'profile#v': { S: values },
  'profile#t': { S: times },
  'usage#v': { S: '{"calls":5,"plan":null}' },
  'usage#t': { S: times },
  'usage#x': { N: '1800000000' },
});

it('reads the views of an item, known missing values among them', () => {
  const [eventTime, createdTime] = times.split(' ');
  expect(toItem(stored('{"age":30}'))).toEqual({
    pk: 'churn/customer_id#c-1',
    views: {
      profile: { values: { age: 30 }, eventTime, createdTime },
      usage: { values: { calls: 5, plan: null }, eventTime, createdTime, expiresAt: 1_800_000_000 },
    },
  });
});

it.each(['{"age":', 'null', '[1]', '7', ''])('leaves out a view that holds %j, and no other', (values) => {
  expect(Object.keys(toItem(stored(values)).views)).toEqual(['usage']);
});
