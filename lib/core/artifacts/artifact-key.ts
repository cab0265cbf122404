import { PlatformError } from '../shared/errors.ts';

// S3 ends a key there, in bytes of UTF-8.
const MAX_BYTES = 1_024;
const EXPERIMENT = /^\d{1,20}$/;
const SHOWN_CHARACTERS = 120;

const widthOf = (code: number): number => (code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4);
const bytesOf = (text: string): number =>
  [...text].reduce((bytes, character) => bytes + widthOf(character.codePointAt(0) ?? 0), 0);

const isControl = (character: string): boolean => character < ' ' || character === '\u007f';

const segmentProblem = (segment: string): string | undefined => {
  if (segment === '') return 'has an empty part: write it relative, with single slashes';
  if (segment === '.' || segment === '..') return `holds "${segment}": write where it leads`;
  if (segment.includes('\\')) return 'holds a backslash: separate folders by /';
  if ([...segment].some(isControl)) return 'holds a control character: rename the file';
  return undefined;
};

const problemOf = (path: string): string | undefined => {
  const segments = path.split('/');
  if (!path.isWellFormed()) return 'is not Unicode';
  if (bytesOf(path) > MAX_BYTES) return `has ${bytesOf(path)} bytes, allowed are ${MAX_BYTES}: use shorter names`;
  for (const segment of segments) {
    const problem = segmentProblem(segment);
    if (problem !== undefined) return problem;
  }
  return EXPERIMENT.test(segments[0] ?? '') ? undefined : 'must begin with the id of an experiment';
};

const refused = (path: string, problem: string): PlatformError => {
  const shown = path.length > SHOWN_CHARACTERS ? `${path.slice(0, SHOWN_CHARACTERS)}…` : path;
  return new PlatformError('INVALID_REQUEST', `Invalid path: "${shown}" ${problem}`, { path: shown });
};

/**
 * A folder as its key: the experiment's own or one below it; a slash at its end is no matter.
 * @throws INVALID_REQUEST for what leads elsewhere
 */
export const artifactFolder = (path: string): string => {
  const key = path.endsWith('/') ? path.slice(0, -1) : path;
  const problem = problemOf(key);
  if (problem !== undefined) throw refused(path, problem);
  return key;
};

/**
 * The key of a file: below an experiment and nowhere else. The path has been decoded once; whatever characters it has
 * then (% + # ? blanks, any script) are the name's own.
 * @throws INVALID_REQUEST
 * @example artifactKey('7/0a…/artifacts/100%+α.txt') // the same
 */
export const artifactKey = (path: string): string => {
  const problem = problemOf(path);
  if (problem !== undefined) throw refused(path, problem);
  if (!path.includes('/')) throw refused(path, 'is an experiment, not a file below it');
  return path;
};

/** The last part. @example fileName('1/a/b.txt') // 'b.txt' */
export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
