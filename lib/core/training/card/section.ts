import type { CardPlot } from './facts.ts';

/** A table of texts; the first column names the row. */
export interface CardTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of the card before it is Markdown or HTML. */
export interface Section {
  readonly title: string;
  readonly text?: readonly string[];
  readonly facts?: readonly (readonly [name: string, value: string])[];
  readonly tables?: readonly CardTable[];
  /** Commands to run. */
  readonly code?: string;
  readonly plots?: readonly CardPlot[];
}

const DIGITS = 4;
/** @example figure(0.84321) // '0.8432' */
export const figure = (value: number | null | undefined): string => {
  if (value === null || value === undefined) return '–';
  if (value === 0 || Number.isInteger(value)) return String(value);
  return Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(DIGITS)));
};

/** @example secondsText(75) // '1 min 15 s' */
export const secondsText = (seconds: number): string => {
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
};

/** @example bytesText(2400) // '2.4 kB' */
export const bytesText = (bytes: number): string =>
  bytes < 1e6 ? `${Number((bytes / 1e3).toFixed(1))} kB` : `${Number((bytes / 1e6).toFixed(1))} MB`;
