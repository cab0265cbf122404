export * from './lookup-meter.ts';
