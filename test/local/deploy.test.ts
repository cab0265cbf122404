import { describe, expect, it } from '@jest/globals';
import { reasonsIn } from '#local/deploy.ts';

describe('what a failed deployment tells', () => {
  it('keeps the lines with reasons and drops events and stack traces', () => {
    const tail = [
      'Probe | 1/9 | CREATE_COMPLETE | AWS::IAM::Role | Role',
      'Probe | 2/9 | CREATE_FAILED | AWS::EC2::EIP | Eip Unsupported resource type',
      '    at Deployer.fail (index.js:1:1)',
      '❌  Probe failed: ToolkitError: The stack named Probe failed creation',
    ].join('\n');
    expect(reasonsIn(tail).split('\n')).toEqual([expect.stringContaining('EIP'), expect.stringContaining('❌')]);
  });

  it('answers the last lines when none of them names a reason', () => {
    expect(reasonsIn(Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n')).split('\n')).toHaveLength(15);
  });
});
