import { describe, expect, it } from '@jest/globals';
import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { parseText } from '#adapters/yaml/parse-text.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import { applyDefinitions } from '#core/features/index.ts';
import { applyProject, type Schedule } from '#core/pipelines/index.ts';
import { projectFiles, projectYaml } from './_files.ts';

const world = () => {
  const schedules = new Map<string, Schedule>();
  const scheduler = {
    set: async (schedule: Schedule) => void schedules.set(schedule.pipeline, schedule),
    remove: async (_: string, pipeline: string) => void schedules.delete(pipeline),
  };
  const projects = memoryProjectStore();
  const shared = { digest: systemDigest, clock: systemClock };
  const catalog = memoryFeatureCatalog();
  const definitions = {
    apply: async (version: ProjectVersion) => void (await applyDefinitions({ catalog, ...shared }, version)),
  };
  return { projects, catalog, definitions, scheduler, schedules, parse: parseText, ...shared };
};

describe('applyProject', () => {
  it('numbers versions without gaps and answers the same content with the same version', async () => {
    const deps = world();
    const upload = { files: projectFiles(), by: 'ann' };
    expect(await applyProject(deps, upload)).toEqual({ name: 'churn', version: 1, changed: true });
    expect(await applyProject(deps, upload)).toEqual({ name: 'churn', version: 1, changed: false });
    const reordered = { ...upload, files: Object.fromEntries(Object.entries(upload.files).reverse()) };
    expect(await applyProject(deps, reordered)).toMatchObject({ version: 1, changed: false });
    const other = { ...upload, files: { ...upload.files, 'sql/features.sql': 'select 2' } };
    expect(await applyProject(deps, other)).toEqual({ name: 'churn', version: 2, changed: true });
    expect((await deps.projects.version('churn', 1))?.files['sql/features.sql']).toBe('select * from dataset');
  });

  it('keeps where the files stood in git when they were first applied', async () => {
    const deps = world();
    const git = { commit: 'a'.repeat(40), isDirty: false };
    await applyProject(deps, { files: projectFiles(), git, by: 'ann' });
    await applyProject(deps, { files: projectFiles(), git: { commit: 'b'.repeat(40), isDirty: true }, by: 'ann' });
    expect(await deps.projects.latest('churn')).toMatchObject({ version: 1, git });
  });

  it('keeps only what project.yaml names: another file makes no new version', async () => {
    const deps = world();
    const files = projectFiles();
    await applyProject(deps, { files: { ...files, 'notes.sql': 'select 1' }, by: 'ann' });
    expect((await deps.projects.latest('churn'))?.files).toEqual(files);
    expect(await applyProject(deps, { files, by: 'ann' })).toMatchObject({ version: 1, changed: false });
  });

  it('gives every one of many applied at once a number of its own', async () => {
    const deps = world();
    const applied = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        applyProject(deps, { files: { ...projectFiles(), 'sql/features.sql': `select ${i}` }, by: 'ann' }),
      ),
    );
    expect(applied.map((one) => one.version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('sets the schedules, with fresh data for training, and takes them away again', async () => {
    const deps = world();
    await applyProject(deps, { files: projectFiles(), by: 'ann' });
    expect([...deps.schedules.values()]).toEqual([
      { project: 'churn', pipeline: 'data', expression: 'cron(0 2 * * ? *)', input: { project: 'churn' } },
      {
        project: 'churn',
        pipeline: 'training',
        expression: 'cron(0 3 ? * SUN *)',
        input: { project: 'churn', refreshData: true, reason: 'schedule' },
      },
      { project: 'churn', pipeline: 'monitoring', expression: 'rate(2 hours)', input: { project: 'churn' } },
      { project: 'churn', pipeline: 'scoring', expression: 'cron(0 5 * * ? *)', input: { project: 'churn' } },
    ]);
    const unscored = projectYaml.replace(/schedules:\n/, 'schedules:\n  scoring: false\n');
    await applyProject(deps, { files: projectFiles(unscored), by: 'ann' });
    expect([...deps.schedules.keys()]).toEqual(['data', 'training', 'monitoring']);
    const off = projectYaml.replace(/schedules:[\s\S]*$/, 'schedules: false\n');
    await applyProject(deps, { files: projectFiles(off), by: 'ann' });
    expect(deps.schedules.size).toBe(0);
  });

  it('stores nothing of an invalid or an enormous project', async () => {
    const deps = world();
    const wrong = { files: projectFiles(`${projectYaml}colour: red\n`), by: 'ann' };
    await expect(applyProject(deps, wrong)).rejects.toMatchObject({ code: 'PROJECT_INVALID' });

    const files = {
      ...projectFiles(),
      'sql/dataset.sql': 'x'.repeat(900_000),
      'sql/features.sql': 'x'.repeat(200_000),
    };
    await expect(applyProject(deps, { files, by: 'ann' })).rejects.toMatchObject({ code: 'PROJECT_INVALID' });
    expect(await deps.projects.latest('churn')).toBeUndefined();
    expect(deps.schedules.size).toBe(0);
  });
});
