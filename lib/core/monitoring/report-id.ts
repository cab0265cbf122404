import type { Digest } from '#core/shared/index.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const base32 = (value: bigint, length: number): string =>
  Array.from({ length }, (_, i) => CROCKFORD[Number((value >> BigInt(5 * (length - 1 - i))) & 31n)]).join('');

/**
 * Id of a report: a ULID whose time is the window's end and whose rest follows from the run and what it measured. It
 * sorts by time, and the same run gets the same id.
 */
export const reportIdOf = (
  digest: Digest,
  { windowEnd, execution, datasetId }: { windowEnd: string; execution: string; datasetId: string },
): string => {
  const rest = digest.sha256(`${execution}\n${datasetId}`).slice(0, 20);
  return base32(BigInt(Date.parse(windowEnd)), 10) + base32(BigInt(`0x${rest}`), 16);
};

export const isReportId = (text: string): boolean => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text);
