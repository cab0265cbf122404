import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { parseText } from '#adapters/yaml/parse-text.ts';
import { DefineFeatures } from '#contracts/features.ts';
import { connect } from '../../connection.ts';
import { show } from '../../output.ts';

const read = (file: string): DefineFeatures => {
  const { value, problems } = parseText(readFileSync(file, 'utf8'));
  const [broken] = problems;
  if (broken) throw new Error(`${file}:${broken.place.line}:${broken.place.column}: ${broken.message}`);
  const parsed = DefineFeatures.safeParse(value);
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
  throw new Error(`${file} defines no feature view: ${told.join('; ')}`);
};

export const defineCommand = (): Command =>
  new Command('define')
    .description('define a feature view from a YAML or JSON file; changed content is its next version')
    .argument('<file>', 'name, entity and features; ttlDays, online, owner, tags, joinKeys, pushSource if wanted')
    .option('--json', 'print JSON')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const defined = await connect().features.defineFeatures({ body: read(file) });
      show(defined, json, ({ name, project, version }) => `view ${name} of ${project}, version ${version}`);
    });
