/** The part of a glob before its first star: what a listing can start from. @example staticPrefix('a/b*.csv') // 'a/b' */
export const staticPrefix = (glob: string): string => glob.split('*')[0] ?? '';

// What Spark and others leave beside data: _SUCCESS, .part-0.crc
const isHidden = (path: string): boolean => path.split('/').some((part) => /^[_.]/.test(part) && !part.includes('='));

const patternOf = (glob: string): string =>
  glob
    .split(/(\*\*\/|\*\*|\*)/)
    .map((part) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      return part === '*' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');

const fits = (glob: string, path: string): boolean => new RegExp(`^${patternOf(glob)}$`).test(path);

/** A glob as the text of a regular expression, without its ends. @example globPattern('a/*.csv') // 'a/[^/]*\\.csv' */
export const globPattern = (glob: string): string => patternOf(glob.endsWith('/') ? `${glob}**` : glob);

/**
 * Does a path fit? One star stays inside a folder, two reach below it. A glob that ends with a slash is a folder:
 * everything below it but files and folders whose names begin with _ or a dot.
 * @example fitsGlob('a/*.csv', 'a/x.csv') // true
 */
export const fitsGlob = (glob: string, path: string): boolean => {
  if (!glob.endsWith('/')) return fits(glob, path);
  return fits(`${glob}**`, path) && !path.endsWith('/') && !isHidden(path.slice(staticPrefix(glob).length));
};
