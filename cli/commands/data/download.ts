import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import type { DatasetDownloads } from '#contracts/dataset-routes.ts';
import { connect } from '../../connection.ts';
import { wholeId } from './dataset-id.ts';

type File = DatasetDownloads['files'][number];

/** Writes a file when its content is what the manifest says. */
const download = async ({ url, path, sha256 }: File, folder: string): Promise<string> => {
  const reply = await fetch(url);
  if (!reply.ok || !reply.body) throw new Error(`${path} cannot be downloaded: the store answers ${reply.status}`);
  const target = join(folder, basename(path));
  const hash = createHash('sha256');
  const watch = new Transform({
    transform: (chunk: Buffer, _, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(reply.body), watch, createWriteStream(`${target}.part`));
  const found = hash.digest('hex');
  if (found !== sha256) throw new Error(`${path} came with sha256 ${found}, its manifest says ${sha256}; try again`);
  await rename(`${target}.part`, target);
  return target;
};

export const downloadCommand = (): Command =>
  new Command('download')
    .description('download the Parquet files of a data set, checked against its manifest')
    .argument('<project>', 'name of a project')
    .argument('<dataset>', 'id of a data set, or how it begins')
    .option('--out <folder>', 'where to', '.')
    .action(async (project: string, dataset: string, { out }: { out: string }) => {
      const { datasets } = connect();
      const datasetId = await wholeId(datasets, project, dataset);
      const { files } = await datasets.downloadDataset({ path: { project, datasetId } });
      await mkdir(out, { recursive: true });
      for (const file of files) console.log(await download(file, out));
    });
