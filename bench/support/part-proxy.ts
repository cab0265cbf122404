import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ArtifactDeps, abortUpload, completeUpload, openUpload } from '#core/artifacts/index.ts';

interface Asked {
  readonly path: string;
  readonly num_parts: number;
  readonly first_part?: number;
  readonly upload_id: string;
  readonly parts: readonly { readonly part_number: number; readonly etag: string }[];
}

const answer = async (deps: ArtifactDeps, verb: string, asked: Asked): Promise<object> => {
  const { path, num_parts: parts, first_part: firstPart = 1, upload_id: uploadId } = asked;
  if (verb === 'create') {
    const opened = await openUpload(deps, { path, parts, firstPart, ...(uploadId && { uploadId }) });
    const credentials = opened.parts.map(({ number, url }) => ({ part_number: number, url, headers: {} }));
    return { upload_id: opened.uploadId, credentials };
  }
  const sent = (asked.parts ?? []).map(({ part_number, etag }) => ({ number: part_number, etag }));
  if (verb === 'complete') await completeUpload(deps, { path, uploadId, parts: sent });
  else await abortUpload(deps, { path, uploadId });
  return {};
};

/** The artifact proxy without the Lambda and the keys before it: only what the fleet waits for. */
export const partProxy = async (deps: ArtifactDeps): Promise<{ url: string; stop: () => void }> => {
  const server = createServer(async (request, response) => {
    const [, verb = '', folder = ''] = /\/mpu\/(\w+)\/(.+)$/.exec(request.url ?? '') ?? [];
    const asked = JSON.parse(await text(request)) as Asked;
    const path = `${decodeURIComponent(folder)}/${asked.path}`;
    response.end(JSON.stringify(await answer(deps, verb, { ...asked, path })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, stop: () => void server.close().closeAllConnections() };
};
