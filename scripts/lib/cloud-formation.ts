import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Gate } from './gate.ts';
import { prepareEnvironment } from './python.ts';
import { type Finished, isThere, nodeTool, root, run } from './shell.ts';

const stages = ['dev', 'staging', 'prod'];
const pins = 'scripts/python/cfn-lint.txt';

const templatesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.template.json') && !/(^|\/)asset\./.test(file))
    .map((file) => join(folder, file));

const synthAndLint = async (stage: string): Promise<Finished> => {
  const out = join(root, '.local', 'synth', stage);
  rmSync(out, { recursive: true, force: true }); // a stack that is no more must not be linted
  const synth = await run(nodeTool('cdk', ['synth', '-c', `stage=${stage}`, '-o', out, '--quiet', '--no-notices']));
  if (synth.code !== 0) return synth;
  const bin = await prepareEnvironment({ name: 'cfn-lint', inputs: [pins], installs: [['-r', pins]] });
  const templates = templatesIn(out);
  if (templates.length === 0) return { code: 1, output: `cdk synth of ${stage} wrote no template to ${out}` };
  return run({ file: join(bin, 'cfn-lint'), args: ['--format', 'parseable', ...templates] });
};

/** Each stage of AWS is synthesised, which runs cdk-nag, and what came out is linted. */
export const cloudFormationGates = (): Gate[] =>
  stages.map((stage) => ({
    name: `synth, cfn-lint ${stage}`,
    skip: isThere('cdk.json') ? undefined : 'there is no cdk.json',
    run: () => synthAndLint(stage),
  }));
