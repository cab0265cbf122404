import type { SourceDatabases } from '#core/features/ports.ts';
import { literal } from '#core/features/sql-text.ts';
import { PlatformError } from '#core/shared/errors.ts';

/** The text of a secret; undefined when there is none of the name. */
export type ReadSecret = (name: string) => Promise<string | undefined>;
type Asked = Pick<Parameters<SourceDatabases['copy']>[0], 'source' | 'database'>;

const fields: Readonly<Record<string, string>> = {
  host: 'HOST',
  port: 'PORT',
  database: 'DATABASE',
  user: 'USER',
  password: 'PASSWORD',
  // What Secrets Manager itself writes for RDS.
  dbname: 'DATABASE',
  username: 'USER',
};

const refusal = ({ source, database }: Asked, what: string): PlatformError =>
  new PlatformError('SOURCE_INVALID', `source "${source}": secret "${database.secret}" ${what}`, {
    source,
    secret: database.secret,
  });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * A database's secret as the options of CREATE SECRET.
 * @throws SOURCE_INVALID when there is none, or when it is no JSON object
 */
export const secretOptions = async (readSecret: ReadSecret, asked: Asked): Promise<string> => {
  const text = await readSecret(asked.database.secret ?? '');
  if (text === undefined) throw refusal(asked, 'does not exist; make it, or correct its name');
  const given = parsed(text);
  if (typeof given !== 'object' || given === null)
    throw refusal(asked, 'is no JSON object; it needs host, port, database, user and password');
  const entries = Object.entries(given).flatMap(([name, value]) => {
    const field = fields[name];
    return field === undefined ? [] : [`${field} ${literal(String(value))}`];
  });
  return [`TYPE ${asked.database.kind}`, ...entries].join(', ');
};
