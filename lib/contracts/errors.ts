import { z } from 'zod';

/** Every code the platform answers with; docs/errors.md explains each. */
export const ErrorCode = z.enum([
  'INVALID_REQUEST',
  'BODY_TOO_LARGE',
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'ROUTE_NOT_FOUND',
  'REVISION_CONFLICT',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'INTERNAL',
  'PROJECT_INVALID',
  'PROJECT_NOT_FOUND',
  'SOURCE_MISSING',
  'SOURCE_EMPTY',
  'SOURCE_INVALID',
  'COLUMN_MISSING',
  'KEY_HAS_NULLS',
  'KEY_NOT_UNIQUE',
  'SQL_INVALID',
  'SUITE_INVALID',
  'EXPECTATIONS_NOT_MET',
  'TOO_FEW_ROWS',
  'LABEL_HAS_ONE_CLASS',
  'DATASET_NOT_FOUND',
  'TYPE_MISMATCH',
  'PIPELINE_NOT_FOUND',
  'PIPELINE_RUN_NOT_FOUND',
  'CANDIDATES_FAILED',
  'PARITY_NOT_MET',
  'GATE_NOT_MET',
  'EXPERIMENT_NOT_FOUND',
  'EXPERIMENT_EXISTS',
  'EXPERIMENT_DELETED',
  'RUN_NOT_FOUND',
  'PARAM_CHANGED',
  'TAG_NOT_FOUND',
  'LOGGED_MODEL_NOT_FOUND',
  'MODEL_NOT_FOUND',
  'VERSION_NOT_FOUND',
  'MODEL_EXISTS',
  'MODEL_IN_USE',
  'ALIAS_NOT_FOUND',
  'DEPLOYMENT_NOT_FOUND',
  'DEPLOYMENT_IN_PROGRESS',
  'NOTHING_TO_ROLL_BACK_TO',
  'GUARD_FAILED',
  'MODEL_NOT_SERVED',
  'MODEL_LOAD_FAILED',
  'ENTITY_NOT_FOUND',
  'FIELD_MISSING',
  'FIELD_TYPE_WRONG',
  'FIELD_UNKNOWN',
  'REPORT_NOT_FOUND',
  'KEY_NOT_FOUND',
  'ARTIFACT_NOT_FOUND',
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** Body of every error reply of the platform's own API. */
export const ErrorBody = z
  .object({
    error: z.object({
      code: ErrorCode,
      /** What, the value seen, what is allowed and the remedy, in a sentence or two. */
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
      requestId: z.string().optional(),
    }),
  })
  .meta({ id: 'ErrorBody' });
export type ErrorBody = z.infer<typeof ErrorBody>;
