import { z } from 'zod';
import { DatasetManifest } from '../../lib/contracts/datasets.ts';
import { events } from '../../lib/contracts/events.ts';
import { GateReport } from '../../lib/contracts/gates.ts';
import { LedgerRecord } from '../../lib/contracts/ledger.ts';
import { DriftReport } from '../../lib/contracts/monitoring.ts';
import { Project } from '../../lib/contracts/project.ts';
import { ServingFacts } from '../../lib/contracts/serving-facts.ts';
import { ParityRows, TrainingJob, TrainingProgress } from '../../lib/contracts/training.ts';
import { TrainingResult } from '../../lib/contracts/training-result.ts';
import { ValidationReport } from '../../lib/contracts/validation.ts';

/** Files that other languages and editors read, by name; a project is described as people write it, defaults left out. */
const written = { project: Project, 'training-job': TrainingJob };
const read = {
  'dataset-manifest': DatasetManifest,
  'drift-report': DriftReport,
  'ledger-record': LedgerRecord,
  'gate-report': GateReport,
  'parity-rows': ParityRows,
  'serving-facts': ServingFacts,
  'training-progress': TrainingProgress,
  'training-result': TrainingResult,
  'validation-report': ValidationReport,
  events: z.object(events),
};

const schemas = (all: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): [string, unknown][] =>
  Object.entries(all).map(([name, schema]) => [
    name,
    z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' }),
  ]);

/** JSON Schema (2020-12) of every file format, by name. */
export const jsonSchemas = (): Record<string, unknown> =>
  Object.fromEntries([...schemas(written, 'input'), ...schemas(read, 'output')]);
