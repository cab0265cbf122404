export * from './csv-rows.ts';
export * from './read-rows.ts';
export * from './write-predictions.ts';
