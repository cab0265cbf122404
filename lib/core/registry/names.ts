import { PlatformError } from '../shared/errors.ts';

const MAX_CHARACTERS = 255;
const MAX_TAG_KEY = 250;
const MAX_TAG_VALUE = 100_000;
const SHOWN = 60;

const refuse = (message: string): never => {
  throw new PlatformError('INVALID_REQUEST', message);
};
const shown = (text: string): string => `"${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}"`;

/** Any text that can stand in a models:/ address. @throws INVALID_REQUEST */
export const checkModelName = (name: string): void => {
  if (name.trim() === '') refuse('a model needs a name: some text without / or :');
  if (/[/:]/.test(name)) refuse(`model name ${shown(name)} holds / or :; leave them out, models:/ addresses use them`);
  if (name === '.' || name.startsWith('..')) refuse(`model name ${shown(name)} reads as a path; choose another`);
  if (name.length > MAX_CHARACTERS)
    refuse(`model name ${shown(name)} has ${name.length} characters, allowed are ${MAX_CHARACTERS}`);
};

/** @throws INVALID_REQUEST */
export const checkAlias = (alias: string): void => {
  if (!/^[\p{L}\p{N}_-]+$/u.test(alias))
    refuse(`alias ${shown(alias)} is none: it may hold letters, digits, _ and -, and not be empty`);
  if (alias.length > MAX_CHARACTERS)
    refuse(`alias ${shown(alias)} has ${alias.length} characters, allowed are ${MAX_CHARACTERS}`);
};

/** An alias that may be given: `latest` and v1, v2… mean something already. @throws INVALID_REQUEST */
export const checkNewAlias = (alias: string): void => {
  checkAlias(alias);
  if (isLatest(alias) || /^v\d+$/i.test(alias))
    refuse(`alias ${shown(alias)} is reserved, as are latest and v1, v2…; choose another`);
};

export const isLatest = (alias: string): boolean => alias.toLowerCase() === 'latest';

const TAG_KEY = /^[/\p{L}\p{N}_.\- :]*$/u;
// Keys may become files, so a key must be what it resolves to.
const isPath = (key: string): boolean => key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** @throws INVALID_REQUEST */
export const checkTag = (key: string, value = ''): void => {
  if (key === '' || key.length > MAX_TAG_KEY)
    refuse(`tag key ${shown(key)} has ${key.length} characters, allowed are 1 to ${MAX_TAG_KEY}`);
  if (!TAG_KEY.test(key) || !isPath(key))
    refuse(
      `tag key ${shown(key)} is none: it may only contain letters, digits, _ - . : / and blanks, as a path without .. does`,
    );
  if (value.length > MAX_TAG_VALUE)
    refuse(`the value of tag ${shown(key)} has ${value.length} characters, allowed are ${MAX_TAG_VALUE}`);
};

/** @throws INVALID_REQUEST */
export const checkTags = (tags: Readonly<Record<string, string>> = {}): void => {
  for (const [key, value] of Object.entries(tags)) checkTag(key, value);
};
