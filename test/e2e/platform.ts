import { readFileSync } from 'node:fs';
import type { LocalOutputs } from '#local/outputs.ts';
import { type MlopsClient, mlopsClient } from '#sdk/index.ts';

/** Variables by which the suites find the platform that the global setup booted. */
export const OUTPUTS_VARIABLE = 'E2E_OUTPUTS';
export const STATE_VARIABLE = 'E2E_STATE';

export const outputs = (): LocalOutputs => JSON.parse(readFileSync(process.env[OUTPUTS_VARIABLE] ?? '', 'utf8'));

/** The platform's own folder of state, with its logs. */
export const stateFolder = (): string => process.env[STATE_VARIABLE] ?? '';

export const platform = (apiKey = outputs().apiKey): MlopsClient => mlopsClient({ apiUrl: outputs().apiUrl, apiKey });

/** The project that the main job takes through the loop; later suites ask its model. */
export const model = 'churn';
