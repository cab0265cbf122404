import type { z } from 'zod';
import type { PredictBatchReply } from '#contracts/serving.ts';
import { PlatformRequestError } from '#sdk/index.ts';
import type { Pace } from './pace.ts';
import type { Patience } from './patience.ts';

export type Answer = z.infer<typeof PredictBatchReply>['predictions'][number];

interface Asking<Row> {
  /** One request. */
  readonly send: (rows: readonly Row[]) => Promise<readonly Answer[]>;
  readonly pace: Pace;
  readonly patience: Patience;
  /** @default Date.now */
  readonly nowMs?: () => number;
}

const TOO_LARGE = 413;
const TOO_MANY = 429;
/** Of the platform, and of a gateway in front of it that waited too long. */
const busy: ReadonlySet<number> = new Set([TOO_MANY, 502, 503, 504]);
/** Where one of several versions had no time for its rows. */
const passing: ReadonlySet<string> = new Set(['QUEUE_FULL', 'BODY_TOO_LARGE']);

const isPassing = (answer: Answer): answer is Extract<Answer, { error: unknown }> =>
  'error' in answer && passing.has(answer.error.code);

const whole = (rows: number, answers: readonly Answer[]): readonly Answer[] => {
  if (answers.length === rows) return answers;
  throw new Error(`the platform answered ${answers.length} of ${rows} rows: is it a version that this client knows?`);
};

/** Makes room for another try. @throws the error, where another would end as this one did */
const makeRoom = async <Row>({ pace, patience }: Asking<Row>, rows: number, error: unknown): Promise<void> => {
  if (!(error instanceof PlatformRequestError)) throw error;
  const { status, code, details } = error;
  if (status === TOO_LARGE && rows > 1) {
    pace.slower(rows, typeof details.mostRows === 'number' ? details.mostRows : undefined);
    return;
  }
  // Nothing answers: at first nothing is there, later it was there and may come back.
  if (!busy.has(status) && !(code === 'UNREACHABLE' && patience.hasMoved)) throw error;
  if (status !== TOO_MANY) pace.slower(rows);
  await patience.wait(error);
};

/** One try: an answer for each row, undefined for those to be asked again. */
const attempt = async <Row>(asking: Asking<Row>, rows: readonly Row[]): Promise<readonly (Answer | undefined)[]> => {
  const { send, pace, patience, nowMs = Date.now } = asking;
  const beganMs = nowMs();
  try {
    const answers = whole(rows.length, await send(rows));
    const refused = answers.find(isPassing);
    if (refused) pace.slower(rows.length);
    else pace.took(rows.length, nowMs() - beganMs);
    if (refused && answers.every(isPassing)) await patience.wait(new PlatformRequestError(TOO_MANY, refused.error));
    else patience.moved();
    return answers.map((answer) => (isPassing(answer) ? undefined : answer));
  } catch (error) {
    await makeRoom(asking, rows.length, error);
    return [];
  }
};

/**
 * Answers of all rows, in their order, by as many requests as it takes: rows that a busy platform refused are asked again.
 * @throws what refuses a request for good, and what kept the platform from answering for minutes
 */
export const askRows = async <Row>(asking: Asking<Row>, rows: readonly Row[]): Promise<readonly Answer[]> => {
  const answers = new Map<number, Answer>();
  let open = [...rows.keys()];
  while (open.length > 0) {
    const places = open.slice(0, asking.pace.rows);
    const found = await attempt(
      asking,
      places.map((place) => rows[place] as Row),
    );
    for (const [at, place] of places.entries()) {
      const answer = found[at];
      if (answer) answers.set(place, answer);
    }
    open = open.filter((place) => !answers.has(place));
  }
  return [...rows.keys()].map((place) => answers.get(place) as Answer);
};
