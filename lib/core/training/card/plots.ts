// The few that fit on one page, in the order of a reader's questions.
const WANTED = [/^roc/, /precision/, /^predicted/, /^residual/, /calibration/, /shap/, /^confusion/];
const MOST = 4;

/**
 * Which of a result's plots the card shows.
 * @example cardPlots(['calibration', 'roc', 'trials']) // ['roc', 'calibration']
 */
export const cardPlots = (plots: readonly string[]): string[] =>
  WANTED.flatMap((wanted) => plots.filter((name) => wanted.test(name)).slice(0, 1)).slice(0, MOST);
