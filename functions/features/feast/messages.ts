import { z } from 'zod';
import { ColumnName } from '#contracts/common.ts';
import { type FeastReply, unprocessable } from './errors.ts';

const cell = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.bigint(),
  z.nan(),
  z.literal([Infinity, -Infinity]),
]);
/** A list, or rows by index, as pandas' to_dict writes a column. */
const column = z.union([z.array(cell), z.record(z.string(), cell).transform((rows) => Object.values(rows))]);
const frame = z.record(ColumnName, column);

/** Bodies as Feast's feature server reads them; what it knows beyond is left alone. */
export const messages = {
  getOnlineFeatures: z
    .object({
      entities: z.record(ColumnName, z.array(cell)),
      feature_service: z.string().nullish(),
      features: z.array(z.string()).default([]),
      full_feature_names: z.boolean().default(false),
      include_feature_view_version_metadata: z.boolean().default(false),
    })
    .refine((m) => m.features.length > 0 || m.feature_service, 'needs features or feature_service'),
  push: z.object({
    push_source_name: z.string(),
    df: frame,
    to: z.enum(['online', 'offline', 'online_and_offline']).default('online'),
  }),
  writeToOnlineStore: z.object({ feature_view_name: z.string(), df: frame }),
  materialize: z
    .object({
      start_ts: z.string().nullish(),
      end_ts: z.string().nullish(),
      feature_views: z.array(z.string()).nullish(),
      disable_event_timestamp: z.boolean().default(false),
    })
    .refine((m) => m.disable_event_timestamp || (m.start_ts && m.end_ts), 'needs start_ts and end_ts'),
  materializeIncremental: z.object({ end_ts: z.string(), feature_views: z.array(z.string()).nullish() }),
};
export type Message<K extends keyof typeof messages> = z.infer<(typeof messages)[K]>;

/** What is wrong with a body, as FastAPI answers it. */
export const problemsOf = ({ issues }: z.ZodError): FeastReply =>
  unprocessable(
    issues.slice(0, 20).map(({ code, path, message }) => ({
      type: code,
      loc: ['body', ...path.map((part) => (typeof part === 'number' ? part : String(part)))],
      msg: message,
    })),
  );
