import type { FeatureValue } from '#contracts/online.ts';

/** Only what a number would print the same way is one: 007 and 1e3 stay texts, as keys often look like numbers. */
export const scalar = (text: string): FeatureValue => {
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : text;
};
