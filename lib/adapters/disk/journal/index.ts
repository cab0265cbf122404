export * from './adopt.ts';
export * from './disk-journal.ts';
export * from './disk-segments.ts';
export * from './owner.ts';
export * from './silence.ts';
