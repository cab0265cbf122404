import type { z } from 'zod';
import type { PredictBatchReply, PredictQuery } from '#contracts/serving.ts';
import { connect } from '../../connection.ts';
import { inTurn, piecesOf } from '../../rows/in-turn.ts';
import { rowsOf } from '../../rows/row-file.ts';

type Answer = z.infer<typeof PredictBatchReply>['predictions'][number];

export interface FileRequest {
  readonly model: string;
  readonly file: string;
  readonly query: Partial<PredictQuery>;
}

/** Rows of a request, of the 1,000 that one may hold: small enough that progress is seen. */
const ROWS = 250;
const AT_ONCE = 4;

interface Tally {
  rows: number;
  readonly refused: Map<string, number>;
}

const count = (tally: Tally, answers: readonly Answer[]): void => {
  tally.rows += answers.length;
  for (const answer of answers)
    if ('error' in answer) tally.refused.set(answer.error.code, (tally.refused.get(answer.error.code) ?? 0) + 1);
};

const summary = ({ rows, refused }: Tally): string => {
  const codes = [...refused].map(([code, times]) => `${times} ${code}`).join(', ');
  return `${rows} rows answered${codes && `, of them refused: ${codes}`}`;
};

/** One line that is written over, where somebody looks at it. */
const progress = (of: number): ((done: number) => void) => {
  if (!process.stderr.isTTY) return () => undefined;
  return (done) => void process.stderr.write(`\r${done} of ${of} rows${done === of ? '\n' : ''}`);
};

/**
 * Asks for every row of a file and prints an answer a line, as JSON, in the order of the file; rows that were refused
 * answer their error. Answers whether all went well.
 */
export const predictFile = async ({ model, file, query }: FileRequest): Promise<boolean> => {
  const rows = rowsOf(file);
  const { serving } = connect();
  const ask = async (some: typeof rows): Promise<readonly Answer[]> =>
    (await serving.predictBatch({ path: { model }, query: queryOf(query), body: { rows: [...some] } })).predictions;
  const tally: Tally = { rows: 0, refused: new Map() };
  const tell = progress(rows.length);
  for await (const answers of inTurn(piecesOf(rows, ROWS), ask, AT_ONCE)) {
    for (const answer of answers) console.log(JSON.stringify(answer));
    count(tally, answers);
    tell(tally.rows);
  }
  console.error(summary(tally));
  return tally.refused.size === 0;
};

/** The query as routes read it. */
export const queryOf = ({ explain, top }: Partial<PredictQuery>) => ({
  ...(explain && { explain: 'true' as const }),
  ...(top !== undefined && { top }),
});
