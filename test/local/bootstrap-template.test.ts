import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { withoutTlsDenials } from '#local/bootstrap-template.ts';
import { repositoryRoot } from '#local/paths.ts';

const packaged = readFileSync(
  join(repositoryRoot, 'node_modules', 'aws-cdk', 'lib', 'api', 'bootstrap', 'bootstrap-template.yaml'),
  'utf8',
);

describe('the bootstrap template for the emulator', () => {
  it('refuses plain HTTP no more', () => {
    expect(packaged).toContain('aws:SecureTransport');
    expect(withoutTlsDenials(packaged)).not.toContain('aws:SecureTransport');
  });

  it('leaves out a policy that would be empty, and only that', () => {
    const resourcesOf = (yaml: string): string[] => {
      const [, resources = ''] = /^Resources:\n([\s\S]*?)^\S/m.exec(`${yaml}\nend`) ?? [];
      return [...resources.matchAll(/^ {2}(\w+):/gm)].map(([, name = '']) => name);
    };
    const gone = resourcesOf(packaged).filter((name) => !resourcesOf(withoutTlsDenials(packaged)).includes(name));
    expect(gone).toEqual(['StagingBucketPolicy']);
  });

  it('keeps short tags and other statements', () => {
    const yaml = withoutTlsDenials(
      [
        'Resources:',
        '  P:',
        '    Properties:',
        '      PolicyDocument:',
        '        Statement:',
        '          - Effect: Deny',
        '            Condition: { Bool: { "aws:SecureTransport": "false" } }',
        '          - Effect: Allow',
        '            Resource: !Sub "$B.Arn/*"',
      ].join('\n'),
    );
    expect(yaml).toContain('!Sub "$B.Arn/*"');
    expect(yaml).not.toContain('Deny');
  });
});
