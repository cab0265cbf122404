import type { ExpectationTrend, TrendPoint } from '#contracts/validation.ts';
import { escapeHtml } from '../shared/escape-html.ts';

const WIDTH = 140;
const HEIGHT = 28;
const MARGIN = 4;

const scale = (values: readonly number[]) => {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const span = greatest - least || 1;
  return (value: number): number =>
    greatest === least ? HEIGHT / 2 : HEIGHT - MARGIN - ((value - least) / span) * (HEIGHT - 2 * MARGIN);
};

const dot = (x: number, y: number, { time, value, success }: TrendPoint): string =>
  `<circle class="${success ? 'met' : 'unmet'}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="2.5"><title>${escapeHtml(
    `${time}: ${value}${success ? '' : ', not met'}`,
  )}</title></circle>`;

/** An expectation over the runs as a small picture; nothing before the second run. */
export const sparkline = ({ points }: ExpectationTrend): string => {
  const known = points.filter((point): point is TrendPoint & { value: number } => point.value !== null);
  if (known.length < 2) return '';
  const y = scale(known.map(({ value }) => value));
  const x = (i: number): number => MARGIN + (i * (WIDTH - 2 * MARGIN)) / (known.length - 1);
  const line = known.map(({ value }, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const dots = known.map((point, i) => dot(x(i), y(point.value), point));
  const label = `the last ${known.length} runs, from ${known[0]?.value} to ${known.at(-1)?.value}`;
  return `<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeHtml(label)}"><polyline points="${line}"/>${dots.join('')}</svg>`;
};
