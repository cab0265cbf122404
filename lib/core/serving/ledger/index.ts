export * from './explain-lines.ts';
export * from './explain-mark.ts';
export * from './redaction.ts';
export * from './shipper.ts';
export * from './turn-ledger.ts';
