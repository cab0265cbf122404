import type { PredictQuery } from '#contracts/serving.ts';
import { mlopsClient } from '#sdk/index.ts';
import { connection } from '../../connection.ts';
import { inTurn, piecesBy } from '../../rows/in-turn.ts';
import { rowsOf } from '../../rows/row-file.ts';
import { type Answer, askRows } from './ask-rows.ts';
import { FileProgress } from './file-progress.ts';
import { Pace } from './pace.ts';
import { Patience } from './patience.ts';

export interface FileRequest {
  readonly model: string;
  readonly file: string;
  readonly query: Partial<PredictQuery>;
}

const AT_ONCE = 4;
/** A task explains the rows of one request in all of its threads: more requests would only wait for each other. */
const EXPLAINED_AT_ONCE = 1;

/**
 * Asks for every row of a file and prints an answer a line, as JSON, in the order of the file; rows that were refused
 * answer their error. While the platform is busy it waits. Answers whether all went well.
 * @throws what ends it; the answers so far are printed
 */
export const predictFile = async ({ model, file, query }: FileRequest): Promise<boolean> => {
  const rows = rowsOf(file);
  // A busy platform is waited for here: waits inside of a request would count as what its rows took.
  const { serving } = mlopsClient({ ...connection(), attempts: 1 });
  const explains = query.explain === true;
  const pace = new Pace(explains);
  const progress = new FileProgress(rows.length);
  const patience = new Patience({ onWait: (why) => progress.waits(why) });
  const send = async (some: typeof rows): Promise<readonly Answer[]> =>
    (await serving.predictBatch({ path: { model }, query: queryOf(query), body: { rows: [...some] } })).predictions;
  const ask = (some: typeof rows) => askRows({ send, pace, patience }, some);
  const pieces = piecesBy(rows, () => pace.rows);
  try {
    for await (const answers of inTurn(pieces, ask, explains ? EXPLAINED_AT_ONCE : AT_ONCE)) {
      for (const answer of answers) console.log(JSON.stringify(answer));
      progress.answered(answers);
    }
  } finally {
    patience.end();
    progress.end();
  }
  return progress.isGood;
};

/** The query as routes read it. */
export const queryOf = ({ explain, top }: Partial<PredictQuery>) => ({
  ...(explain && { explain: 'true' as const }),
  ...(top !== undefined && { top }),
});
