import { PlatformError } from '../shared/errors.ts';

const MAX_TOKEN = 120;
const MAX_REMEDY = 300;
const shortened = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most)}…`);

/** @example refusal('filter', 'OR', 'comparisons are joined by AND only') */
export const refusal = (where: 'filter' | 'order_by' | 'page_token', given: string, remedy: string): PlatformError => {
  const token = shortened(given, MAX_TOKEN);
  const message = `${where} cannot be read at "${token}": ${shortened(remedy, MAX_REMEDY)}`;
  return new PlatformError('INVALID_REQUEST', message, { where, token });
};

/** @example among(['a', 'b']) // 'one of a, b' */
export const among = (allowed: Iterable<string>): string => `one of ${[...allowed].join(', ')}`;
