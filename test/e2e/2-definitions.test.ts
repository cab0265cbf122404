import { describe, expect, it } from '@jest/globals';
import { readProjectFolder } from '#sdk/index.ts';
import { platform } from './platform.ts';

const mlops = platform();
const project = 'retiring';
const service = '\nfeatureServices:\n  - { name: web, views: [customer_profile] }\n';

const apply = async (more: string): Promise<number> => {
  const files = await readProjectFolder('examples/churn');
  const yaml = (files['project.yaml'] ?? '').replace('name: churn\n', `name: ${project}\n`) + more;
  const body = { files: { ...files, 'project.yaml': yaml } };
  return (await mlops.pipelines.applyProject({ body })).version;
};

const servicesNow = async (): Promise<string[]> => {
  const { items } = await mlops.features.listDefinitions({ query: { project, kind: 'service' } });
  return items.map(({ name }) => name);
};

describe('definitions of a project', () => {
  it('come with it', async () => {
    expect(await apply(service)).toBe(1);
    expect(await servicesNow()).toEqual([project, 'web']);
  });

  it('are retired when it no longer names them, and keep their versions', async () => {
    expect(await apply('')).toBe(2);
    expect(await servicesNow()).toEqual([project]);
    const path = { kind: 'service', name: 'web' } as const;
    const { items } = await mlops.features.listDefinitionVersions({ path, query: { project } });
    expect(items.map(({ version }) => version)).toEqual([1]);
  });

  it('come back as the next version', async () => {
    expect(await apply(service)).toBe(3);
    const path = { kind: 'service', name: 'web' } as const;
    expect((await mlops.features.describeDefinition({ path, query: { project } })).definition.version).toBe(2);
  });
});
