import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = process.cwd();

/** One forbidden import a rule: the file that breaks it and what it imports. */
const broken: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['no-circular', 'local/ring-a.ts', './ring-b.ts'],
  ['no-unresolvable', 'local/lost.ts', './nowhere.ts'],
  ['contracts-know-only-zod', 'lib/contracts/clever.ts', '#core/registry/promote.ts'],
  ['core-is-pure', 'lib/core/serving/reads-disk.ts', 'node:fs'],
  ['core-is-pure', 'lib/core/serving/calls-aws.ts', '@aws-sdk/client-s3'],
  ['core-is-pure', 'lib/core/serving/parses.ts', 'zod'],
  ['meet-through-index', 'lib/core/serving/peeks.ts', '#core/registry/promote.ts'],
  ['adapters-serve-core', 'lib/adapters/aws/opens-door.ts', '#root/functions/registry/api.ts'],
  ['infra-is-not-runtime', 'lib/infra/stacks/knows-core.ts', '#core/registry/index.ts'],
  ['infra-is-not-runtime', 'lib/infra/stacks/calls-aws.ts', '@aws-sdk/client-s3'],
  ['runtime-has-no-cdk', 'functions/registry/builds.ts', 'aws-cdk-lib'],
  ['runtime-has-no-local', 'lib/adapters/aws/boots.ts', '#local/start.ts'],
  ['runtime-has-no-dev-dependencies', 'lib/adapters/aws/bundles.ts', 'esbuild'],
  ['handlers-use-adapters', 'functions/registry/calls-aws.ts', '@aws-sdk/client-s3'],
  ['no-handler-to-handler', 'functions/serving/asks-registry.ts', '#root/functions/registry/api.ts'],
  ['clients-see-contracts', 'sdk/typescript/knows-core.ts', '#core/registry/index.ts'],
  ['memory-is-for-tests', 'functions/registry/pretends.ts', '#adapters/memory/store.ts'],
  ['nothing-imports-tests', 'local/borrows.ts', '#test/helpers/fake.ts'],
];

/** What the rules must leave alone, by file. */
const allowed: Readonly<Record<string, string>> = {
  'local/ring-b.ts': "import './ring-a.ts';",
  'local/start.ts': "import 'node:fs';",
  'lib/contracts/registry.ts': "import 'zod';",
  'lib/core/registry/promote.ts': "import type { A } from '#contracts/registry.ts'; export const p = (a: A) => a;",
  'lib/core/registry/index.ts': "export * from './promote.ts';",
  'lib/core/serving/meets.ts': "import '#core/registry/index.ts'; import '../shared/errors.ts';",
  'lib/core/shared/errors.ts': 'export const code = 1;',
  'lib/adapters/aws/store.ts': "import '@aws-sdk/client-s3'; import '#core/registry/index.ts'; import 'node:fs';",
  'lib/adapters/memory/store.ts': "import '#core/registry/index.ts';",
  'lib/infra/stacks/state.ts': "import 'aws-cdk-lib'; import '#contracts/registry.ts';",
  'functions/_shared/env.ts': 'export const env = 1;',
  'functions/registry/api.ts': "import '../_shared/env.ts'; import '#adapters/aws/store.ts';",
  'sdk/typescript/client.ts': "import '#contracts/registry.ts';",
  'test/helpers/fake.ts': "import '#adapters/memory/store.ts';",
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

const writeTree = (tree: string): void => {
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  };
  for (const [, file, imported] of broken) write(file, `import '${imported}';`);
  for (const [file, text] of Object.entries(allowed)) write(file, text);
};

const cruise = async (tree: string): Promise<readonly Violation[]> => {
  const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [
    tool,
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'lib',
    'functions',
    'local',
    'sdk',
    'test',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: tree, maxBuffer: 64e6 }).catch(
    (failure: { stdout: string }) => failure, // it exits with the number of violations
  );
  return JSON.parse(stdout).summary.violations;
};

describe('the import rules', () => {
  const tree = mkdtempSync(join(tmpdir(), 'import-rules-'));
  let violations: readonly Violation[] = [];

  beforeAll(async () => {
    const { imports, ...manifest } = (await import(join(root, 'package.json'), { with: { type: 'json' } })).default;
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.base.json'])
      cpSync(join(root, file), join(tree, file));
    writeFileSync(
      join(tree, 'package.json'),
      JSON.stringify({ ...manifest, imports: { ...imports, '#root/*': './*' } }),
    );
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
    writeTree(tree);
    violations = await cruise(tree);
  }, 60_000);

  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  it.each(broken)('%s stops %s from importing %s', (rule, file) => {
    expect(violations.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(rule);
  });

  it('leaves the allowed imports alone', () => {
    const ring = ['local/ring-a.ts', 'local/ring-b.ts'];
    const blamed = violations.map(({ from }) => from).filter((file) => file in allowed && !ring.includes(file));
    expect(blamed).toEqual([]);
  });

  it('is proved rule by rule', async () => {
    const { default: config } = await import(join(root, '.dependency-cruiser.cjs'));
    const names = config.forbidden.map(({ name }: { name: string }) => name);
    expect(new Set(broken.map(([rule]) => rule))).toEqual(new Set(names));
  });
});
