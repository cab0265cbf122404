/** The part of a glob before its first star: what a listing can start from. @example staticPrefix('a/b*.csv') // 'a/b' */
export const staticPrefix = (glob: string): string => glob.split('*')[0] ?? '';

/** Does a path fit? One star stays inside a folder, two reach below it. @example fitsGlob('a/*.csv', 'a/x.csv') // true */
export const fitsGlob = (glob: string, path: string): boolean => {
  const pattern = glob
    .split(/(\*\*\/|\*\*|\*)/)
    .map((part) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      return part === '*' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${pattern}$`).test(path);
};
