const SHOWN_CHARACTERS = 200;

/** A caller's text as messages show it: what is long is cut. */
export const shortened = (text: string): string =>
  text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
