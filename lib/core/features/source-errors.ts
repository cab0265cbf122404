import { PlatformError } from '../shared/errors.ts';
import { isEngineError } from './engine-error.ts';
import type { FetchedFile, NamedSource } from './raw-source.ts';

// The engine goes on with advice about its own options and a list of its settings.
const reason = (words: string): string =>
  (words.split(/\n\s*(?:Possible (?:Solution|fixes)|Column \w+ is being converted|file = )/)[0] ?? '')
    .replaceAll(/\s*\n\s*/g, '; ')
    .slice(0, 1_500);

const isWrongEncoding = (words: string): boolean => /not utf-8 encoded|byte sequence|NUL characters/.test(words);

const remedy = (words: string, isLocal: boolean): string => {
  if (!isWrongEncoding(words)) return isLocal ? 'correct the file' : 'correct the file and upload it again';
  return isLocal
    ? 'name its encoding with --encoding utf-16, latin-1 or windows-1252'
    : 'name its encoding in project.yaml (encoding: utf-16, latin-1 or windows-1252)';
};

/** What a file is refused for, in a sentence. */
export const unreadable = (named: NamedSource, path: string, words: string): PlatformError => {
  const { name, source, isLocal = false } = named;
  const where = isLocal ? path : `source "${name}": ${path}`;
  return new PlatformError(
    'SOURCE_INVALID',
    `${where} cannot be read as ${source.format}: ${reason(words)}; ${remedy(words, isLocal)}`,
    { source: name, path },
  );
};

/** Does a piece of the engine's work on some files; what it cannot read is said with the file it names. */
export const readable = async <T>(
  named: NamedSource,
  files: readonly FetchedFile[],
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!isEngineError(error)) throw error;
    const guilty = files.filter(({ local }) => error.message.includes(local));
    const paths = (guilty.length > 0 ? guilty : files).map(({ path }) => path);
    throw unreadable(named, paths.slice(0, 5).join(', '), error.message);
  }
};
