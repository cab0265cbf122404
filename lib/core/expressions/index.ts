export { checkExpression, isAssignable } from './check-expression.ts';
export { functions } from './functions/index.ts';
export { parseExpression } from './parse-expression.ts';
export { renderSql } from './render-sql.ts';
export { namesIn, renamed } from './tree.ts';
export type { Expression, Run, Value, Values } from './types.ts';
