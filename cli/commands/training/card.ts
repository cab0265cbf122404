import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { trainingFiles } from '#contracts/training.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { MlopsClient } from '#sdk/index.ts';
import { readArtifact } from '../../artifact.ts';
import { connect, connection } from '../../connection.ts';

interface CardOptions {
  readonly html?: boolean;
  readonly output?: string;
}

const newestVersion = async ({ registry }: MlopsClient, name: string): Promise<number> => {
  const { lastVersion } = await registry.getModel({ path: { name } });
  if (lastVersion > 0) return lastVersion;
  throw new PlatformError(
    'VERSION_NOT_FOUND',
    `model ${name} has no version yet; train one: mlp run training --project ${name}`,
  );
};

const versionOf = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`"${text}" is no version number; they are 1, 2, 3…`);
};

// A version's files are those of its run below model/.
const fileOf = (html: boolean | undefined): string =>
  (html ? trainingFiles.card : trainingFiles.cardText).slice(trainingFiles.model.length);

const readCard = async (name: string, version: number, html: boolean | undefined): Promise<string> => {
  const text = await readArtifact(connection(), { name, version }, fileOf(html));
  if (text !== undefined) return text;
  throw new PlatformError(
    'VERSION_NOT_FOUND',
    `version ${version} of ${name} is not there or has no model card: only the training pipeline writes one; \`mlp models ${name}\` lists versions`,
    { name, version },
  );
};

export const cardCommand = (): Command =>
  new Command('card')
    .description('the model card of a version: what it is for, how good it is, what it passed, how to make it again')
    .argument('<model>', 'name of a model')
    .argument('[version]', 'number of a version; without it the newest')
    .option('--html', 'the page instead of Markdown')
    .option('--output <file>', 'write it there')
    .addHelpText('after', '\nExample:\n  mlp models card churn 3 --html --output card.html')
    .action(async (...[name, version, { html, output }]: [string, string | undefined, CardOptions]) => {
      const wanted = version === undefined ? await newestVersion(connect(), name) : versionOf(version);
      const text = await readCard(name, wanted, html);
      if (output === undefined) return void process.stdout.write(text);
      writeFileSync(output, text);
      console.error(`wrote the card of version ${wanted} to ${output}`);
    });
