import { describe, expect, it } from '@jest/globals';
import { parseText } from '#adapters/yaml/parse-text.ts';
import { checkProject } from '#core/pipelines/index.ts';
import { projectFiles, projectYaml } from './_files.ts';

const with_ = (ledger: string) =>
  projectFiles(projectYaml.replace('  requestFields: [calls]', `  ledger: ${ledger}\n  requestFields: [calls]`));

describe('what a project hides from the ledger', () => {
  it('is any feature, and the key of the entity hashed', () => {
    const { serving } = checkProject(with_('{ omit: [calls], hash: [customer_id, contract] }'), parseText);
    expect(serving.ledger).toEqual({ omit: ['calls'], hash: ['customer_id', 'contract'] });
  });

  it.each([
    ['{ omit: [zip] }', 'serving.ledger.omit.0 "zip" is no field of a prediction; fields are calls, contract'],
    ['{ hash: [calls, zip] }', 'serving.ledger.hash.1 "zip" is no field'],
    ['{ omit: [customer_id] }', 'hash it instead'],
    ['{ omit: [calls], hash: [calls] }', 'serving.ledger.hash.0 "calls" is left out already'],
    ['{ drop: [calls] }', 'serving.ledger.drop'],
  ])('is refused as %s', (ledger, message) => {
    expect(() => checkProject(with_(ledger), parseText)).toThrow(message);
  });
});
