import { PlatformError } from '#core/shared/index.ts';
import type { ArtifactProxy, SentPartOf } from './artifact-proxy.ts';
import { MOST_FILE_BYTES, partBytes } from './part-plan.ts';
import type { PartReader } from './part-reader.ts';
import { sendPart } from './part-sender.ts';

const GIB = 1_024 ** 3;

/** @throws BODY_TOO_LARGE */
export const checkSize = (bytes: number): void => {
  if (bytes <= MOST_FILE_BYTES) return;
  throw new PlatformError(
    'BODY_TOO_LARGE',
    `the file has ${bytes} bytes or more, ${MOST_FILE_BYTES / GIB} GiB are allowed in one request; split the file, ` +
      'or set MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE so that the client sends it in parts',
  );
};

const sendParts = async (proxy: ArtifactProxy, reader: PartReader, first: Buffer): Promise<SentPartOf[]> => {
  const sent: SentPartOf[] = [];
  let bytes = 0;
  for (let part = first, number = 1; part.length > 0; number++, part = await reader.next(partBytes(number))) {
    bytes += part.length;
    checkSize(bytes);
    sent.push({ part_number: number, etag: await sendPart(await proxy.partTarget(number), part) });
  }
  return sent;
};

/** Sends a body in parts as it comes; what cannot be finished is freed. */
const inParts = async (proxy: ArtifactProxy, reader: PartReader, first?: Buffer): Promise<void> => {
  await proxy.begin();
  try {
    await proxy.complete(await sendParts(proxy, reader, first ?? (await reader.next(partBytes(1)))));
  } catch (error) {
    // Its failure hides no cause: S3 frees what is left behind after a week.
    await proxy.abort().catch(() => undefined);
    throw error;
  }
};

/** First asks whether the caller may, so that nobody else's bytes are waited for. */
const inOne = async (proxy: ArtifactProxy, reader: PartReader, size: number): Promise<void> => {
  const target = await proxy.wholeTarget();
  await sendPart(target, await reader.next(Math.max(size, 1)));
};

/** The same question first, also where the answer is of no use: it begins nothing that were to be freed. */
const ofUnknownSize = async (proxy: ArtifactProxy, reader: PartReader): Promise<void> => {
  const target = await proxy.wholeTarget();
  const first = await reader.next(partBytes(1));
  if (reader.isOver) await sendPart(target, first);
  else await inParts(proxy, reader, first);
};

/**
 * Sends a body to where the artifact proxy says, with one part in memory at a time. `size` is what the sender says of
 * it, undefined when he does not.
 * @throws Relayed, CallerGone, BODY_TOO_LARGE, UNAVAILABLE
 */
export const sendBody = async (proxy: ArtifactProxy, reader: PartReader, size: number | undefined): Promise<void> => {
  if (size === undefined) return ofUnknownSize(proxy, reader);
  checkSize(size);
  return size <= partBytes(1) ? inOne(proxy, reader, size) : inParts(proxy, reader);
};
