import { PlatformError } from '../shared/errors.ts';

const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?/;
const ZONE = /^(?:[zZ]|([+-]\d{2}):?(\d{2})?)$/;

/** As JavaScript reads it. @example isoZone('+02') // '+02:00' */
const isoZone = (zone: string): string | undefined => {
  const found = ZONE.exec(zone);
  if (!found) return undefined;
  const [, hours, minutes = '00'] = found;
  return hours === undefined ? 'Z' : `${hours}:${minutes}`;
};

// JavaScript reads the 31st of February as the 3rd of March.
const isDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);

/**
 * A moment that a request names, as UTC. An offset is taken; a time without any is nobody's.
 * @throws TIMESTAMP_WITHOUT_ZONE, INVALID_REQUEST
 * @example zonedTime('2026-03-01T00:00:00+01:00', 'start').toISOString() // '2026-02-28T23:00:00.000Z'
 */
export const zonedTime = (text: string, called: string): Date => {
  const time = text.match(TIME)?.[0] ?? '';
  const zone = text.slice(time.length).trim();
  if (time !== '' && zone === '')
    throw new PlatformError(
      'TIMESTAMP_WITHOUT_ZONE',
      `${called} "${text}" names no zone; write 2026-01-31T12:00:00Z or an offset as +02:00`,
      { field: called, value: text.slice(0, 100) },
    );
  const moment = new Date(`${time.replace(' ', 'T')}${isoZone(zone)}`);
  if (!Number.isNaN(moment.getTime()) && isDay(time.slice(0, 10))) return moment;
  throw new PlatformError(
    'INVALID_REQUEST',
    `${called} "${text.slice(0, 100)}" is no time; write it like 2026-01-31T12:00:00Z`,
    { field: called, value: text.slice(0, 100) },
  );
};
