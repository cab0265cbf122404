import { expect, it } from '@jest/globals';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import {
  deleteVersion,
  recordDeployment,
  registerVersion,
  transitionStage,
  versionsInUse,
} from '#core/registry/index.ts';
import { worldOn } from '#test/adapters/registry-world.ts';

const by = 'ann';
const world = worldOn(memoryRegistryStore());
const register = (name: string) => registerVersion(world, { name, source: `s3://b/1/r/${name}`, by });
const move = (name: string, version: number, stage: 'Staging' | 'Production' | 'Archived') =>
  transitionStage(world, { name, version, stage, archiveExisting: false, by });

it('versions in use are those in Staging, in Production and with traffic, of every model', async () => {
  for (let version = 1; version <= 6; version++) await register('churn');
  await register('fraud');
  await move('churn', 1, 'Archived');
  await move('churn', 2, 'Staging');
  await move('churn', 3, 'Production');
  await move('churn', 6, 'Staging');
  await deleteVersion(world, { name: 'churn', version: 6, by });
  await move('fraud', 1, 'Production');
  const [revision, variants] = [1, [{ version: 4, weight: 100 }]];
  const told = { phase: 'stable', reason: '', updatedBy: by, updatedAt: '2025-01-01T00:00:00Z' };
  await recordDeployment(world, { model: 'churn', revision, variants, ...told });
  const found = await versionsInUse(world);
  expect(found.map(({ name, version }) => `${name} ${version}`).sort()).toEqual([
    'churn 2',
    'churn 3',
    'churn 4',
    'fraud 1',
  ]);
});
