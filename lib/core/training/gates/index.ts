export * from './compare-scores.ts';
export { gate, gateReportUri, gateTags } from './gate.ts';
export { inProduction } from './in-production.ts';
export * from './metric-verdicts.ts';
