import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExplanationBackground, ExplanationParts } from '#contracts/explanation-files.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';

const fixture = join(import.meta.dirname, '../../../fixtures/serving-model/v1');

const background: ExplanationBackground = {
  format: 1,
  rows: 3,
  columns: { tenure: [3, 30, 70], monthly_charges: [88.5, 40, null], contract: ['monthly', 'yearly', null] },
};

/** A model folder whose predictions are explained by asking the graph. */
export const explainedFolder = async (folder: string): Promise<void> => {
  await cp(fixture, folder, { recursive: true });
  await mkdir(join(folder, 'explain'));
  const facts: ServingFacts = JSON.parse(await readFile(join(fixture, 'serving.json'), 'utf8'));
  const text = JSON.stringify(background);
  const backgroundSha256 = createHash('sha256').update(text).digest('hex');
  const about = { of: 'probability' as const, beforeCalibration: false, outputs: ['churns'], expected: [0.5] };
  const parts: ExplanationParts = { ...about, format: 1, method: 'sampled', columns: Object.keys(background.columns) };
  const explanation = { method: 'sampled', of: 'probability', backgroundSha256 };
  await writeFile(join(folder, 'serving.json'), JSON.stringify({ ...facts, explanation }));
  await writeFile(join(folder, 'explain/background.json'), text);
  await writeFile(join(folder, 'explain/parts.json'), JSON.stringify(parts));
  await writeFile(join(folder, 'explain/golden.json'), JSON.stringify({ ...parts, rows: [] }));
};
