export { lineageOf } from './lineage-of.ts';
