import { type Connection, PlatformRequestError } from '#sdk/index.ts';

/** Whose file: a run's, or a registered version's. */
export type ArtifactOwner = { readonly runId: string } | { readonly name: string; readonly version: number };

const addressOf = (apiUrl: string, owner: ArtifactOwner, path: string): string => {
  const [route, query] =
    'runId' in owner
      ? ['/get-artifact', { run_id: owner.runId, path }]
      : ['/model-versions/get-artifact', { name: owner.name, version: String(owner.version), path }];
  return `${apiUrl.replace(/\/$/, '')}${route}?${new URLSearchParams(query as Record<string, string>)}`;
};

const refusal = (status: number, text: string): PlatformRequestError => {
  try {
    const { error_code: code, message } = JSON.parse(text);
    if (typeof code === 'string') return new PlatformRequestError(status, { code, message: String(message) });
  } catch {
    // A gateway or the store answered, in words of its own.
  }
  return PlatformRequestError.from(status, text);
};

/**
 * Text of a file that a run or a version keeps; undefined where it keeps no such file.
 * @throws PlatformRequestError when the platform refuses or does not answer
 * @example await readArtifact(connection(), { runId }, 'gate.json')
 */
export const readArtifact = async (
  { apiUrl, apiKey, fetch: request = globalThis.fetch }: Connection,
  owner: ArtifactOwner,
  path: string,
): Promise<string | undefined> => {
  const answer = await request(addressOf(apiUrl, owner, path), {
    headers: { authorization: `Bearer ${apiKey}` },
  }).catch((error: unknown) => {
    throw PlatformRequestError.unreachable(apiUrl, error);
  });
  const text = await answer.text();
  if (answer.ok) return text;
  if (answer.status === 404) return undefined;
  throw refusal(answer.status, text);
};
