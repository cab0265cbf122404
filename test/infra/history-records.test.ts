import { describe, expect, it } from '@jest/globals';
import { historyPartition } from '#adapters/aws/dynamo-registry-keys.ts';
import { resourcesOf, templatesOf } from './synth.ts';

const { state, platform } = templatesOf('prod');

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Principal: unknown;
  readonly Condition: Record<string, Record<string, string[]>>;
}

describe('the registry table', () => {
  const tables = Object.entries(resourcesOf(state, 'AWS::DynamoDB::Table')).filter(([id]) => id.startsWith('Registry'));
  const statements = tables.flatMap(
    ([, { Properties }]) => (Properties.ResourcePolicy?.PolicyDocument.Statement ?? []) as Statement[],
  );

  it('lets nobody delete or change a record of its history', () => {
    expect(statements).toMatchObject([{ Effect: 'Deny', Principal: { AWS: '*' } }]);
    const [denied] = statements;
    expect(denied?.Action).toEqual(expect.arrayContaining(['dynamodb:DeleteItem', 'dynamodb:UpdateItem']));
    const [pattern = ''] = denied?.Condition['ForAnyValue:StringLike']?.['dynamodb:LeadingKeys'] ?? [];
    expect(historyPartition('01J').startsWith(pattern.slice(0, -1))).toBe(true);
    expect(pattern).toMatch(/\*$/);
  });

  it('is written by whole items alone: no role may update, delete or put many at once', () => {
    const policies = Object.values(resourcesOf(platform, 'AWS::IAM::Policy'));
    const all = policies.flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
    );
    const mine = all.filter(({ Resource }) => JSON.stringify(Resource).includes('RegistryTable'));
    expect(mine.length).toBeGreaterThan(0);
    const actions = new Set(mine.flatMap(({ Action }) => Action));
    expect([...actions].filter((action) => /Update|Delete|BatchWrite/.test(action))).toEqual([]);
    expect(actions).toContain('dynamodb:PutItem');
  });
});
