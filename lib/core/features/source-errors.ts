import { PlatformError } from '../shared/errors.ts';
import { isEngineError } from './engine-error.ts';
import type { NamedSource, RawFile } from './raw-source.ts';

// The engine goes on with advice about its own options and a list of its settings.
const reason = (words: string): string =>
  (words.split(/\n\s*(?:Possible (?:Solution|fixes)|Column \w+ is being converted|file = )/)[0] ?? '')
    .replaceAll(/\s*\n\s*/g, '; ')
    .slice(0, 1_500);

const remedy = (words: string): string =>
  /not utf-8 encoded|byte sequence|NUL characters/.test(words)
    ? 'name its encoding in project.yaml (encoding: utf-16, latin-1 or windows-1252)'
    : 'correct the file and upload it again';

/** What a file is refused for, in a sentence. */
export const unreadable = ({ name, source }: NamedSource, path: string, words: string): PlatformError =>
  new PlatformError(
    'SOURCE_INVALID',
    `source "${name}": ${path} cannot be read as ${source.format}: ${reason(words)}; ${remedy(words)}`,
    { source: name, path },
  );

/** Does a piece of the engine's work on some files; what it cannot read is said with the file it names. */
export const readable = async <T>(
  named: NamedSource,
  files: readonly Pick<RawFile, 'path' | 'local'>[],
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
