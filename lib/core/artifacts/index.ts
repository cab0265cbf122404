export * from './artifact-key.ts';
export * from './artifact-location.ts';
export * from './downloads.ts';
export * from './media-type.ts';
export * from './ports.ts';
export * from './uploads.ts';
