/** Order of texts by their UTF-8 bytes, which is that of their code points: below 0, 0, above 0. */
export const compareTexts = (a: string, b: string): number => {
  const most = Math.min(a.length, b.length);
  for (let i = 0; i < most; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return byCodePoint(x) - byCodePoint(y);
  }
  return a.length - b.length;
};

// A surrogate is half of a character above U+FFFF, though as a code unit it is below U+E000.
const byCodePoint = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10_000 : unit);

const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
};

/** Characters, not code units. @example lengthOf('😀') // 1 */
export const lengthOf = (text: string): number => (isAscii(text) ? text.length : [...text].length);

/** LIKE: % is any run of characters, _ is one; nothing escapes them. O(text × pattern) at worst. */
export const isLike = (text: string, pattern: string): boolean => {
  const characters = [...text];
  const wanted = [...pattern];
  let [at, mark, resumeAt, resumeMark] = [0, 0, -1, -1];
  while (at < characters.length) {
    if (wanted[mark] === '%') {
      resumeMark = mark;
      resumeAt = at;
      mark += 1;
    } else if (mark < wanted.length && (wanted[mark] === '_' || wanted[mark] === characters[at])) {
      mark += 1;
      at += 1;
    } else if (resumeMark >= 0) {
      resumeAt += 1;
      at = resumeAt;
      mark = resumeMark + 1;
    } else return false;
  }
  return wanted.slice(mark).every((one) => one === '%');
};
