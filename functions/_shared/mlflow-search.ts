import { PlatformError } from '#core/shared/index.ts';

interface SearchMessage {
  readonly max_results: number;
  readonly filter?: string | undefined;
  readonly order_by?: readonly string[] | undefined;
  readonly page_token?: string | undefined;
}

/**
 * How many results a page may have, as MLflow's server says it.
 * @throws INVALID_REQUEST
 */
export const pageSize = (asked: number, most: number): number => {
  const wrong = `Invalid value ${asked} for parameter 'max_results' supplied. It must be`;
  if (asked < 1) throw new PlatformError('INVALID_REQUEST', `${wrong} a positive integer`);
  if (asked > most) throw new PlatformError('INVALID_REQUEST', `${wrong} at most ${most}`);
  return asked;
};

/** What a search message asks of the core; empty texts are unset ones. */
export const searchOf = (message: SearchMessage, most: number) => ({
  filter: message.filter || undefined,
  orderBy: message.order_by ?? [],
  maxResults: pageSize(message.max_results, most),
  pageToken: message.page_token || undefined,
});

// A text in quotes; one that never ends goes to the end, so that no filter makes this search slow.
const TEXT = String.raw`(?:'(?:[^'\\]|\\[^])*(?:'|\\?$)|"(?:[^"\\]|\\[^])*(?:"|\\?$))`;
const NAME = '(?:artifact_uri|artifact_location|source_path)';
const FIELD = String.raw`(?<![\w."'])(?:(?:attributes?|attr|run)\.)?(?:${NAME}|"${NAME}"|${`\`${NAME}\``})`;
const OPERATOR = String.raw`\s*(?:=|!=|\bNOT\s+I?LIKE\b|\bI?LIKE\b|\bNOT\s+IN\b|\bIN\b)\s*(?:\(\s*)?`;
const COMPARED_OR_TEXT = new RegExp(`(${FIELD}${OPERATOR}${TEXT}(?:\\s*,\\s*${TEXT})*)|${TEXT}`, 'gi');
const PROXIED = /(['"]%?)mlflow-artifacts:\/(?!\/)/g;

/** A filter by the address of artifacts, as the addresses are stored; what else it compares stays as it is. */
export const storedFilter = (filter: string | undefined, bucket: string): string | undefined =>
  filter?.replace(COMPARED_OR_TEXT, (found, compared: string | undefined) =>
    compared === undefined ? found : compared.replace(PROXIED, (_, start: string) => `${start}s3://${bucket}/`),
  );
