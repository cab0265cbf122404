import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ArtifactStore,
  abortUpload,
  completeUpload,
  deleteArtifacts,
  listArtifacts,
  openArtifact,
  openUpload,
  presignDownload,
  presignUpload,
  putArtifact,
} from '#core/artifacts/index.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';

/** A store and what stands for the network that its addresses lead through. */
export interface ArtifactWorld {
  readonly artifacts: ArtifactStore;
  /** PUTs to a presigned address; answers the ETag. */
  put(url: string, body: Uint8Array): Promise<string>;
  get(url: string): Promise<Uint8Array>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: Uint8Array): string => new TextDecoder().decode(body);
/** Names that a decoding too many, or too few, would change. */
const HARD_NAMES = [
  '100%.txt',
  '%41.txt',
  'a+b',
  'a b',
  'a#b',
  'a?b=c&d',
  'a%2Fb',
  'ünï–漢字😀.csv',
  'it\'s "q";,=@!$',
];

/** What ArtifactStore promises, seen through the verbs that stand on it, whatever keeps it. */
export const artifactStoreContract = (what: string, make: () => Promise<ArtifactWorld>): void =>
  describe(`ArtifactStore on ${what}`, () => {
    let world: ArtifactWorld;
    let last = 0;
    const fresh = (): string => {
      last += 1;
      return `7/run-${last}/artifacts`;
    };
    const put = (path: string, body = path): Promise<void> => putArtifact(world, path, bytes(body));
    const names = async (folder: string) => (await listArtifacts(world, folder)).map(({ name }) => name);
    beforeAll(async () => {
      world = await make();
    }, EMULATOR_START_MS);

    it('lists what lies directly in a folder, by name', async () => {
      const at = fresh();
      for (const name of ['b/deep/er.txt', 'b/c.txt', 'a.txt', 'bb.txt']) await put(`${at}/${name}`, name);
      expect(await listArtifacts(world, at)).toEqual([
        { name: 'a.txt', isFolder: false, bytes: 5 },
        { name: 'b', isFolder: true },
        { name: 'bb.txt', isFolder: false, bytes: 6 },
      ]);
      expect(await names(`${at}/b/`)).toEqual(['c.txt', 'deep']);
      expect(await names(`${at}/a.txt`)).toEqual([]);
      expect(await names(`${at}/nothing`)).toEqual([]);
    });

    it.each(HARD_NAMES)('keeps the name %s as it is', async (name) => {
      const at = fresh();
      await put(`${at}/${name}`, 'one');
      expect(await names(at)).toEqual([name]);
      const { url, bytes: size } = await presignDownload(world, `${at}/${name}`);
      expect([text(await world.get(url)), size]).toEqual(['one', 3]);
      await world.put((await presignUpload(world, `${at}/${name}`)).url, bytes('two'));
      expect(await openArtifact(world, `${at}/${name}`, 3)).toMatchObject({ kind: 'here', body: bytes('two') });
      await deleteArtifacts(world, `${at}/${name}`);
      expect(await names(at)).toEqual([]);
    });

    it('gives a file up to a size itself, a larger one by address, an absent one not at all', async () => {
      const path = `${fresh()}/f.bin`;
      await put(path, 'four');
      const opened = await openArtifact(world, path, 3);
      expect(opened.kind === 'elsewhere' && text(await world.get(opened.url))).toBe('four');
      await expect(openArtifact(world, `${path}x`, 3)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
      await expect(presignDownload(world, `${path}x`)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
    });

    it('makes a file of parts, of those under way on demand, and shows nothing of it before', async () => {
      const path = `${fresh()}/big.bin`;
      const big = new Uint8Array(5 * 1024 * 1024).fill(7);
      const { uploadId, parts } = await openUpload(world, { path, parts: 1 });
      const more = await openUpload(world, { path, parts: 1, firstPart: 2, uploadId });
      expect([parts.map(({ number }) => number), more.parts.map(({ number }) => number)]).toEqual([[1], [2]]);
      const first = { number: 1, etag: await world.put(parts[0]!.url, big) };
      const second = { number: 2, etag: await world.put(more.parts[0]!.url, bytes('end')) };
      await expect(presignDownload(world, path)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
      await completeUpload(world, { path, uploadId, parts: [second, first] });
      const again = completeUpload(world, { path, uploadId, parts: [first, second] });
      await expect(again).resolves.toBeUndefined();
      const { url, bytes: size } = await presignDownload(world, path);
      expect([size, text((await world.get(url)).slice(-3))]).toEqual([big.byteLength + 3, 'end']);
    });

    it('frees an upload that is aborted, also twice, and completes none that it does not know', async () => {
      const path = `${fresh()}/gone.bin`;
      const { uploadId, parts } = await openUpload(world, { path, parts: 1 });
      const sent = [{ number: 1, etag: await world.put(parts[0]!.url, bytes('x')) }];
      await abortUpload(world, { path, uploadId });
      await abortUpload(world, { path, uploadId });
      const late = completeUpload(world, { path, uploadId, parts: sent });
      await expect(late).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    });

    it('does not take what another upload made of a file, in as many parts, for its own', async () => {
      const path = `${fresh()}/twice.bin`;
      const begun = async (body: string) => {
        const { uploadId, parts } = await openUpload(world, { path, parts: 1 });
        return { path, uploadId, parts: [{ number: 1, etag: await world.put(parts[0]!.url, bytes(body)) }] };
      };
      const [lost, kept] = [await begun('lost'), await begun('kept')];
      await completeUpload(world, kept);
      await abortUpload(world, lost);
      await expect(completeUpload(world, lost)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
      await expect(completeUpload(world, kept)).resolves.toBeUndefined();
      expect(await openArtifact(world, path, 10)).toMatchObject({ body: bytes('kept') });
    });

    it('refuses parts that nobody sent', async () => {
      const path = `${fresh()}/wrong.bin`;
      const { uploadId, parts } = await openUpload(world, { path, parts: 2 });
      await world.put(parts[0]!.url, bytes('x'));
      const wrong = [{ number: 1, etag: '"00000000000000000000000000000000"' }];
      const completed = completeUpload(world, { path, uploadId, parts: wrong });
      await expect(completed).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    });

    it('removes a folder with all in it and no neighbour', async () => {
      const at = fresh();
      for (const name of ['a', 'a/x', 'a/y/z', 'a.txt', 'ab/c']) await put(`${at}/${name}`);
      await deleteArtifacts(world, `${at}/a/`);
      expect(await names(at)).toEqual(['a.txt', 'ab']);
      await expect(deleteArtifacts(world, `${at}/a`)).resolves.toBeUndefined();
    });
  });
