/** An expectation that cannot be judged on this table, such as one about a column that is not there. */
export class CannotJudge extends Error {
  override readonly name = 'CannotJudge';
}
