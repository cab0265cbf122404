const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BASE = 32;
const PAIRS = Array.from({ length: BASE * BASE }, (_, n) => `${ALPHABET[Math.floor(n / BASE)]}${ALPHABET[n % BASE]}`);
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 12;
/** Ids of one millisecond: the last four characters count. */
const COUNTS = BASE ** 4;

/** Bytes that nobody can guess, drawn from the system a block at a time. */
export type FillRandom = (bytes: Uint8Array) => unknown;

const timeText = (ms: number): string => {
  let text = '';
  let rest = ms;
  for (let place = 0; place < TIME_CHARACTERS; place += 1) {
    text = ALPHABET[rest % BASE] + text;
    rest = Math.floor(rest / BASE);
  }
  return text;
};

const randomReader = (fill: FillRandom): (() => number) => {
  const block = new Uint8Array(4_096);
  let at = block.length;
  return () => {
    if (at === block.length) {
      fill(block);
      at = 0;
    }
    const byte = block[at] ?? 0;
    at += 1;
    return byte;
  };
};

/**
 * ULIDs that grow with every call: the time and 60 bits of randomness are drawn once a millisecond, 20 bits count from a
 * random start in the lower half.
 * @example monotonicUlid(Date.now, randomFillSync)() // '01KBV3S8Z7Q2N4M6P8R0T2V4W6'
 */
export const monotonicUlid = (nowMs: () => number, fill: FillRandom): (() => string) => {
  const random = randomReader(fill);
  let ms = -1;
  let prefix = '';
  let count = COUNTS;
  const begin = (at: number): void => {
    ms = at;
    prefix = timeText(at);
    for (let place = 0; place < RANDOM_CHARACTERS; place += 1) prefix += ALPHABET[random() % BASE];
    count = ((random() << 16) | (random() << 8) | random()) % (COUNTS / 2);
  };
  return () => {
    const now = nowMs();
    // A clock that went back, or a millisecond that is used up, goes on from the last id.
    if (now > ms) begin(now);
    else if (count === COUNTS) begin(ms + 1);
    const id = prefix + PAIRS[count >> TIME_CHARACTERS] + PAIRS[count & (BASE * BASE - 1)];
    count += 1;
    return id;
  };
};
