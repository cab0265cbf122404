import type { OnlineRow } from '#contracts/online.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { rowBytes } from './online-layout.ts';

/** DynamoDB's limit for an item, bytes. */
const MOST_BYTES = 409_600;
const SHOWN = 10;

/** A row that the table does not take, whatever one tries. */
export interface Refused {
  readonly entity: string;
  readonly view: string;
  readonly bytes: number;
  readonly isTooLarge: boolean;
  /** The table's own words. */
  readonly reason: string;
}

export const refusalOf = (row: OnlineRow, reason: string): Refused => {
  const bytes = rowBytes(row);
  const isTooLarge = bytes > MOST_BYTES || /item size|maximum allowed size/i.test(reason);
  return { entity: row.pk, view: row.view, bytes, isTooLarge, reason };
};

/** Undefined when it may fit. */
export const oversize = (row: OnlineRow): Refused | undefined => {
  const refused = refusalOf(row, '');
  return refused.isTooLarge ? refused : undefined;
};

/** @throws ITEM_TOO_LARGE, INVALID_REQUEST with the first ten */
export const refusedError = (refused: readonly Refused[], written: number): PlatformError => {
  const shown = refused.slice(0, SHOWN).map(({ entity, view, bytes, reason }) => ({ entity, view, bytes, reason }));
  const [first] = refused;
  const others = refused.length > 1 ? ` and ${refused.length - 1} other rows` : '';
  const what = `view "${first?.view}" of ${first?.entity} (${first?.bytes} bytes)${others}`;
  const details = { rows: shown, refused: refused.length, written };
  if (first?.isTooLarge) {
    const limit = `all views of one entity share an item of ${MOST_BYTES} bytes`;
    const message = `${what} is too large for the online store: ${limit}; shorten its texts, or set online: false`;
    return new PlatformError('ITEM_TOO_LARGE', `${message}; the other rows are written`, details);
  }
  return new PlatformError('INVALID_REQUEST', `the online store refused ${what}: ${first?.reason}`, details);
};
