/** Letter by letter, one letter for one letter, as the engine does it: JavaScript would make SS of ß. */
const oneForOne =
  (change: (letter: string) => string, exceptions: Readonly<Record<string, string>>) =>
  (text: string): string => {
    let changed = '';
    for (const letter of text) changed += exceptions[letter] ?? single(letter, change(letter));
    return changed;
  };
const single = (letter: string, changed: string): string => ([...changed].length === 1 ? changed : letter);

// Greek letters with a small iota: the engine knows the one that begins a word.
const iotas = [0x1f80, 0x1f90, 0x1fa0].flatMap((first) =>
  Array.from({ length: 8 }, (_, i) => [first + i, first + i + 8]),
);
const greek = [...iotas, [0x1fb3, 0x1fbc], [0x1fc3, 0x1fcc], [0x1ff3, 0x1ffc]].map(([small = 0, capital = 0]) => [
  String.fromCodePoint(small),
  String.fromCodePoint(capital),
]);

export const upper = oneForOne((letter) => letter.toUpperCase(), { ß: 'ẞ', ...Object.fromEntries(greek) });
export const lower = oneForOne((letter) => letter.toLowerCase(), { İ: 'i' });
