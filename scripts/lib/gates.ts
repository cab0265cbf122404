import { join } from 'node:path';
import { cloudFormationGates } from './cloud-formation.ts';
import type { Gate } from './gate.ts';
import { checkGenerated } from './generated.ts';
import { projectEnvironment, pythonProjects } from './python.ts';
import { type Finished, isThere, nodeTool, run, runAll } from './shell.ts';

const cruised = ['bin', 'cli', 'console', 'containers', 'functions', 'lib', 'local', 'scripts', 'sdk', 'test'];
const cruise = (): Promise<Finished> =>
  run(nodeTool('depcruise', ['--config', '.dependency-cruiser.cjs', ...cruised.filter((folder) => isThere(folder))]));

const pythonGate = (folder: string): Gate => ({
  name: `ruff, pyright ${folder}`,
  run: async () => {
    const bin = await projectEnvironment(folder);
    return runAll([
      { file: join(bin, 'ruff'), args: ['check', folder] },
      { file: join(bin, 'ruff'), args: ['format', '--check', folder] },
      { file: join(bin, 'pyright'), args: ['--pythonpath', join(bin, 'python'), '--project', folder] },
    ]);
  },
});

// Scripts of the real clients: what they import is in environments that only tests and measurements need.
const clientScripts = ['test/mlflow', 'test/feast', 'test/triton', 'bench', 'examples'];
const clientGate: Gate = {
  name: 'ruff of client scripts',
  run: async () => {
    const ruff = join(await projectEnvironment('containers/training'), 'ruff');
    const config = ['--config', 'test/mlflow/pyproject.toml', ...clientScripts];
    return runAll([
      { file: ruff, args: ['check', ...config] },
      { file: ruff, args: ['format', '--check', ...config] },
    ]);
  },
};

/** Every gate in the order in which they run: the quick ones first. */
export const gates = (): Gate[] => [
  { name: 'biome', run: () => run(nodeTool('biome', ['check', '.', '--reporter=concise', '--max-diagnostics=50'])) },
  { name: 'tsc', run: () => run(nodeTool('tsc', ['-p', 'tsconfig.json'])) },
  { name: 'tsc core', run: () => run(nodeTool('tsc', ['-p', 'tsconfig.core.json'])) },
  { name: 'dependency-cruiser', run: cruise },
  { name: 'knip', run: () => run(nodeTool('knip', [])) },
  {
    name: 'generate:check',
    skip: isThere('scripts/generate.ts') ? undefined : 'there is no scripts/generate.ts',
    run: checkGenerated,
  },
  ...pythonProjects().map(pythonGate),
  clientGate,
  ...cloudFormationGates(),
];
