import type { DatasetManifest } from '#contracts/datasets.ts';
import type { ColumnDrift } from '#contracts/monitoring.ts';
import type { Monitoring } from '#contracts/project.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import { type DatasetDeps, type TableEngine, type Tables, viewDataset } from '#core/features/index.ts';
import { ledgerColumn } from './ledger-query.ts';
import type { ReferencePredictions } from './prediction-drift.ts';
import { readPredictions, readSamples, sampleViews } from './read-samples.ts';
import { type Sketch, sketch } from './sketch.ts';
import { judgeColumn } from './verdict.ts';

/** A column's verdict with the shapes behind it. */
export interface ComparedColumn {
  readonly drift: ColumnDrift;
  readonly sketch: Sketch;
}

export interface Comparison {
  readonly columns: readonly ComparedColumn[];
  readonly prediction?: ComparedColumn;
}

export interface Comparing {
  readonly reference: DatasetManifest;
  readonly current: DatasetManifest;
  readonly inputs: readonly ModelInput[];
  /** Of the version on its own test split. @default predictions are not compared */
  readonly predictions?: ReferencePredictions;
  readonly limits: Monitoring;
}

interface CompareDeps {
  readonly engine: TableEngine;
  readonly datasets: Pick<DatasetDeps, 'objects'>;
}

const compareColumns = async (tables: Tables, { inputs, limits }: Comparing): Promise<ComparedColumn[]> => {
  const compared: ComparedColumn[] = [];
  for (const input of inputs) {
    const samples = await readSamples(tables, input);
    compared.push({ drift: judgeColumn(input.name, samples, limits), sketch: sketch(samples) });
  }
  return compared;
};

const comparePredictions = async (tables: Tables, { inputs, predictions, limits }: Comparing) => {
  if (!predictions || predictions.values.length === 0) return {};
  const samples = await readPredictions(tables, ledgerColumn(predictions.field, inputs), predictions.values);
  return { prediction: { drift: judgeColumn(predictions.field, samples, limits), sketch: sketch(samples) } };
};

/** Holds every column of the current rows against the reference. */
export const compare = (deps: CompareDeps, comparing: Comparing): Promise<Comparison> =>
  deps.engine.open(async (tables) => {
    for (const name of Object.values(sampleViews))
      await viewDataset(deps.datasets.objects, tables, { name, manifest: comparing[name] });
    return { columns: await compareColumns(tables, comparing), ...(await comparePredictions(tables, comparing)) };
  });
