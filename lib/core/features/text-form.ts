import type { TextForm } from './ports.ts';
import type { NamedSource } from './raw-source.ts';

const byEnding = (path: string): TextForm['compression'] => {
  if (/\.gz$/i.test(path)) return 'gzip';
  return /\.zst$/i.test(path) ? 'zstd' : 'none';
};

/** How a text file is packed and encoded; undefined where the engine reads it as it lies. */
export const formOf = ({ source }: Pick<NamedSource, 'source'>, path: string): TextForm | undefined => {
  if (source.format === 'parquet' || source.database) return undefined;
  const form = { compression: source.compression ?? byEnding(path), encoding: source.encoding ?? 'utf-8' } as const;
  return form.compression === 'none' && form.encoding === 'utf-8' ? undefined : form;
};
