import { expect } from '@jest/globals';
import { systemDigest, systemIds } from '#adapters/system/system.ts';
import type { EventDetail } from '#contracts/events.ts';
import { type RegistryDeps, type RegistryStore, registerVersion, verifyHistory } from '#core/registry/index.ts';

let number = 0;
export const freshName = (): string => `model-${++number}`;

/** Registry verbs over a store; `published` is what went to the bus, and time goes on a millisecond a look. */
export interface RegistryWorld extends RegistryDeps {
  readonly published: { name: string; detail: unknown }[];
}

export const worldOn = (registry: RegistryStore): RegistryWorld => {
  const published: RegistryWorld['published'] = [];
  let now = 1_700_000_000_000;
  return {
    registry,
    clock: { now: () => new Date(now++) },
    ids: systemIds,
    digest: systemDigest,
    events: { publish: async (name, detail) => void published.push({ name, detail: detail as EventDetail<never> }) },
    published,
  };
};

export const versionOf = (name: string, idempotencyKey?: string) => ({
  name,
  source: `s3://bucket/1/${name}/artifacts/model/`,
  runId: 'r1',
  by: 'ann',
  tags: { project: 'churn' },
  ...(idempotencyKey && { idempotencyKey }),
});

export const registerTimes = async (world: RegistryDeps, name: string, times: number): Promise<void> => {
  for (let i = 0; i < times; i++) await registerVersion(world, versionOf(name));
};

export const numbers = (versions: readonly { version: number }[]): number[] => versions.map(({ version }) => version);
/** A refusal with this code, whatever it says. */
export const code = (wanted: string) => expect.objectContaining({ code: wanted });

/** Whatever was done to the model, its history is as it was written. */
export const expectSound = async (world: RegistryWorld, name: string): Promise<void> =>
  expect(await verifyHistory(world, name)).toMatchObject({ verified: true, problems: [] });
