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

const ADDRESS_FIELDS = /\b(artifact_uri|source_path)\b/;

/** A filter by the address of artifacts, as the addresses are stored. */
export const storedFilter = (filter: string | undefined, bucket: string): string | undefined =>
  filter !== undefined && ADDRESS_FIELDS.test(filter)
    ? filter.replaceAll('mlflow-artifacts:/', `s3://${bucket}/`)
    : filter;
