const distance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const current = [i + 1];
    for (const [j, other] of [...b].entries())
      current.push(
        Math.min((previous[j] ?? 0) + (letter === other ? 0 : 1), (previous[j + 1] ?? 0) + 1, (current[j] ?? 0) + 1),
      );
    previous = current;
  }
  return previous.at(-1) ?? 0;
};

/** The name most like another, undefined when none is near. @example nearestName('custmer_id', ['customer_id']) // 'customer_id' */
export const nearestName = (wanted: string, names: readonly string[]): string | undefined => {
  const scored = names
    .map((name) => ({ name, away: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.away - b.away);
  const best = scored[0];
  return best && best.away <= Math.max(2, Math.ceil(wanted.length / 3)) ? best.name : undefined;
};

/** " (did you mean "x"?)" or nothing. */
export const didYouMean = (wanted: string, names: readonly string[]): string => {
  const near = nearestName(wanted, names);
  return near === undefined ? '' : ` (did you mean "${near}"?)`;
};

/** At most `most` names in a sentence. @example listed(['a', 'b', 'c'], 2) // 'a, b and 1 more' */
export const listed = (names: readonly string[], most = 20): string => {
  if (names.length === 0) return 'nothing';
  const rest = names.length - most;
  return names.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
};
