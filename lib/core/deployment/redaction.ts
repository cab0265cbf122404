import type { Deployment, RolloutState } from '#contracts/deployment.ts';
import type { Ids } from '#core/shared/index.ts';

type Redacted = Pick<Deployment, 'redaction'>;

/**
 * What the ledger leaves out or hashes from now on. The key is made when it is first needed and stays for as long as the
 * model does, also through times in which nothing is redacted: else one entity's records would stop finding each other.
 */
export const redactionOf = (
  ids: Pick<Ids, 'hex32'>,
  { redaction: wanted }: Pick<RolloutState, 'redaction'>,
  current: Redacted | undefined,
): Redacted => {
  const key = current?.redaction?.key;
  if (!wanted && key === undefined) return {};
  const { omit = [], hash = [] } = wanted ?? {};
  return { redaction: { omit, hash, key: key ?? ids.hex32() } };
};

/** Going back to an earlier version takes nothing back of what people are owed: fields stay left out. */
export const keptRedaction = (current: Redacted | undefined): Redacted =>
  current?.redaction ? { redaction: current.redaction } : {};
