import { readFileSync } from 'node:fs';
import { definitionFile } from '#infra/constructs/pipeline.ts';
import type { MachineName } from '#infra/naming.ts';

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly End?: boolean;
  readonly Arguments?: { readonly FunctionName?: string; readonly Payload?: string };
  readonly Assign?: Record<string, string>;
  readonly Retry?: { ErrorEquals: string[]; MaxAttempts: number; BackoffRate: number; JitterStrategy: string }[];
  readonly Catch?: { readonly Next: string }[];
  readonly Choices?: { readonly Next: string }[];
  readonly TimeoutSeconds?: number;
  readonly ItemProcessor?: Machine;
}
export interface Machine {
  readonly QueryLanguage?: string;
  readonly TimeoutSeconds?: number;
  readonly StartAt: string;
  readonly States: Record<string, State>;
}

/** A definition of state-machines/. */
export const textOf = (machine: MachineName): string => readFileSync(definitionFile(machine), 'utf8');
export const machineOf = (machine: MachineName): Machine => JSON.parse(textOf(machine));

/** Every machine there is: a Map holds another one. */
export const nested = (machine: Machine): Machine[] => [
  machine,
  ...Object.values(machine.States).flatMap(({ ItemProcessor }) => (ItemProcessor ? nested(ItemProcessor) : [])),
];
