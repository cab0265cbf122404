/** Lanczos' coefficients for g = 7, n = 9 (Godfrey): about 15 digits. */
const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
] as const;

/** Logarithm of the gamma function, a ≥ 0.5. */
const logGamma = (a: number): number => {
  const x = a - 1;
  const sum = lanczos.reduce((total, c, i) => total + c / (x + i + 1), 0.9999999999998099);
  const t = x + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
};

const PRECISION = 1e-16;
// Both expansions need about √a terms; this is enough for a million degrees of freedom.
const MOST_TERMS = 20_000;
const TINY = 1e-300;

/** P(a, x) by its power series: quick where x < a + 1. */
const lowerBySeries = (a: number, x: number): number => {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * Math.exp(a * Math.log(x) - x - logGamma(a));
};

const apartFromZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** Q(a, x) by its continued fraction (Lentz): quick where x ≥ a + 1. */
const upperByFraction = (a: number, x: number): number => {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / apartFromZero(b);
  let h = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const an = n * (a - n);
    b += 2;
    d = 1 / apartFromZero(an * d + b);
    c = apartFromZero(b + an / c);
    const step = c * d;
    h *= step;
    if (Math.abs(step - 1) < PRECISION * 4) break;
  }
  return h * Math.exp(a * Math.log(x) - x - logGamma(a));
};

/**
 * Regularised upper incomplete gamma function Q(a, x) = Γ(a, x) / Γ(a), for a ≥ 0.5 and x ≥ 0; from 1 at x = 0 down to 0.
 * Source: Press et al., Numerical Recipes, 3rd ed., §6.2.
 * @example gammaQ(1, 2) // e⁻² = 0.1353…
 */
export const gammaQ = (a: number, x: number): number => {
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return x < a + 1 ? 1 - lowerBySeries(a, x) : upperByFraction(a, x);
};

/** Chance that a chi-squared variable of that many degrees of freedom is at least `statistic`. */
export const chiSquaredTail = (statistic: number, degrees: number): number => gammaQ(degrees / 2, statistic / 2);

/** Chance that a standard normal variable is at least |z| away from 0, on either side. */
export const normalTwoTails = (z: number): number => gammaQ(0.5, (z * z) / 2);
