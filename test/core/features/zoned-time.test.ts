import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { zonedTime } from '#core/features/index.ts';

describe('zonedTime', () => {
  it.each([
    ['2026-03-01T00:00:00Z', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T00:00:00+01:00', '2026-02-28T23:00:00.000Z'],
    ['2026-03-01T00:00:00.250-0330', '2026-03-01T03:30:00.250Z'],
    ['2026-03-01 00:00+02', '2026-02-28T22:00:00.000Z'],
    ['2026-03-01 00:00:00 z', '2026-03-01T00:00:00.000Z'],
  ])('reads %s', (text, moment) => {
    expect(zonedTime(text, 'start').toISOString()).toBe(moment);
  });

  it('reads whatever a Date writes', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2999-01-01'), noInvalidDate: true }), (date) => {
        expect(zonedTime(date.toISOString(), 'start')).toEqual(date);
      }),
    );
  });

  it.each(['2026-03-01T00:00:00', '2026-03-01 00:00', '2026-03-01T00:00:00.5'])('refuses %s: no zone', (text) => {
    const refusal = expect.objectContaining({
      code: 'TIMESTAMP_WITHOUT_ZONE',
      message: expect.stringContaining(`end "${text}" names no zone`),
    });
    expect(() => zonedTime(text, 'end')).toThrow(refusal);
  });

  it.each([
    '',
    'now',
    '2026-03-01',
    '2026-13-01T00:00:00Z',
    '2026-02-31T00:00:00Z',
    '2026-03-01T00:00:00 o’clock',
    '1772323200',
  ])('refuses %j: no time', (text) => {
    expect(() => zonedTime(text, 'end')).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });
});
