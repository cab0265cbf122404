import { z } from 'zod';
import { CandidateName } from './problems.ts';

export const GateVerdict = z.object({
  gate: z.enum(['metric', 'production', 'parity', 'fairness']),
  /** e.g. `roc_auc`, `roc_auc against version 3`, `onnxruntime-node`, `demographic parity of gender`. */
  name: z.string(),
  /** Null when it was not measured. */
  value: z.number().nullable(),
  /** What passes, e.g. `at least 0.85`. */
  limit: z.string(),
  passed: z.boolean(),
  /** One sentence: value, limit and for fairness which group and by how much. */
  message: z.string(),
});
export type GateVerdict = z.infer<typeof GateVerdict>;

/** gate.json beside the parent run. */
export const GateReport = z
  .object({
    passed: z.boolean(),
    candidate: CandidateName,
    projectVersion: z.int(),
    verdicts: z.array(GateVerdict),
  })
  .meta({ id: 'GateReport' });
export type GateReport = z.infer<typeof GateReport>;
