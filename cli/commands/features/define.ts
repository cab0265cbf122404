import { Command } from 'commander';
import { parseText } from '#adapters/yaml/parse-text.ts';
import { DefineFeatures } from '#contracts/features.ts';
import { explainIssue, type IssueLike } from '#core/pipelines/problems.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { connect } from '../../connection.ts';
import { show } from '../../output.ts';
import { readText } from '../../text-file.ts';

const MOST_TOLD = 20;

/** @throws INVALID_REQUEST with file, line, what is there and what is allowed */
const read = (file: string): DefineFeatures => {
  const parsed = parseText(readText(file));
  const read = DefineFeatures.safeParse(parsed.value);
  if (read.success) return read.data;
  const source = { file, parsed, schema: DefineFeatures };
  const problems =
    parsed.problems.length > 0
      ? parsed.problems.map(({ message, place }) => ({ ...place, path: '', message }))
      : read.error.issues.flatMap((issue) => explainIssue(source, issue as IssueLike));
  const told = problems.map(({ line, column, path, message }) => `${file}:${line}:${column}: ${path} ${message}`);
  throw new PlatformError('INVALID_REQUEST', told.slice(0, MOST_TOLD).join('\n'), { problems });
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
