import { expect, it } from '@jest/globals';
import { type Resource, resourcesOf, type Templates, templatesOf } from './synth.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}
const listOf = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** A resource in a few words: the export or the id, without the hashes. */
const nameOf = (resource: unknown): string => {
  if (typeof resource === 'string') return resource;
  const node = resource as Record<string, unknown>;
  if (node['Fn::Join']) return (node['Fn::Join'] as [string, unknown[]])[1].map(nameOf).join('');
  if (node['Fn::GetAtt']) return `<${(node['Fn::GetAtt'] as string[])[0]}>`.replace(/[0-9A-F]{8}>/, '>');
  if (node['Fn::ImportValue'])
    return `<${String(node['Fn::ImportValue'])}>`
      .replace(/^<[^:]*:ExportsOutput(FnGetAtt|Ref)/, '<')
      .replace(/[0-9A-F]{8}(Arn|Id)?[0-9A-F]{8}>$/, '>');
  return node.Ref === 'AWS::Partition' ? 'aws' : `<${String(node.Ref)}>`.replace(/[0-9A-F]{8}>/, '>');
};

const holderOf = ({ Properties }: Resource): string =>
  nameOf(Properties.Roles[0])
    .replace(/Role>$|>$/, '')
    .slice(1);

/** One line for what a role may do to a thing. */
const linesOf = (templates: Templates): string[] =>
  [templates.serving, templates.platform].flatMap((template) =>
    Object.values(resourcesOf(template, 'AWS::IAM::Policy')).flatMap((policy) =>
      (policy.Properties.PolicyDocument.Statement as Statement[]).map(({ Effect, Action, Resource, Condition }) => {
        const what = listOf(Action)
          .map((action) => String(action))
          .join(' ');
        const where = listOf(Resource).map(nameOf).sort().join(' ');
        return `${holderOf(policy)}: ${Effect === 'Allow' ? '' : 'NOT '}${what} → ${where}${Condition ? ' *' : ''}`;
      }),
    ),
  );

it('roles may do what this list says (* under a condition)', () => {
  expect(linesOf(templatesOf('prod')).sort().join('\n')).toMatchSnapshot();
});

it('no role may scan a table or take a whole service', () => {
  const lines = linesOf(templatesOf('prod'));
  expect(lines.filter((line) => /dynamodb:Scan|(dynamodb|s3|states|events|iam|ecs):\*/.test(line))).toEqual([]);
});

it('nobody may delete an object but the door that people ask to delete artifacts', () => {
  const deleting = linesOf(templatesOf('prod')).filter((line) => line.includes('s3:Delete'));
  expect(deleting.map((line) => line.replace(/: .* → /, ' → '))).toEqual(['ArtifactsMlflow → <ArtifactsBucket>/*']);
});

it('jobs, verdicts, cards and graphs are each written by the steps that they are the work of', () => {
  const lines = linesOf(templatesOf('prod')).filter((line) => line.includes('s3:PutObject'));
  const writing = (key: string) =>
    lines.filter((line) => line.split(/ → | /).includes(`<ArtifactsBucket>/${key}`)).map((line) => line.split(':')[0]);
  expect(writing('*/jobs/*.json').sort()).toEqual(['TrainingPrepare', 'TrainingPrepareReproduction', 'TrainingStack']);
  expect(writing('*/artifacts/gate.json')).toEqual(['TrainingGate']);
  expect(writing('*/artifacts/model/card.html')).toEqual(['TrainingRegister']);
  expect(writing('*/artifacts/model/*').sort()).toEqual(['TrainingCpu', 'TrainingGpu', 'TrainingSageMaker']);
  // What people upload, with keys of their own.
  expect(writing('*')).toEqual(['ArtifactsMlflow']);
});

it('serving tasks, which take uploads, may write neither objects nor keys', () => {
  const lines = linesOf(templatesOf('prod')).filter((line) => line.startsWith('Task'));
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.filter((line) => /s3:(Put|Delete|Abort)|Identity/.test(line))).toEqual([]);
});

it('nobody but Firehose adds to the ledger: compaction and labels write what is theirs', () => {
  const writing = linesOf(templatesOf('prod'))
    .filter((line) => line.includes('s3:PutObject') && line.includes('<LedgerBucket>'))
    .map((line) => line.replace(/: .* → /, ' → '));
  expect(writing.sort()).toEqual([
    expect.stringMatching(/^Ledger → /) as unknown,
    'ServingCompact → <LedgerBucket>/predictions-compacted/* <LedgerBucket>/predictions/*',
    'ServingLabels → <LedgerBucket>/labels/*',
  ]);
});
