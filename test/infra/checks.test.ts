import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { acknowledgeWildcards, noResources } from '#infra/acknowledge.ts';
import { PlatformChecks } from '#infra/checks.ts';
import { stageApp } from './synth.ts';

const findings = (scope: Parameters<PlatformChecks['validateScope']>[0]) =>
  new PlatformChecks()
    .validateScope(scope)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );

describe('cdk-nag, AWS Solutions', () => {
  it.each(['dev', 'staging', 'prod'] as const)('%s has nothing that is neither right nor explained', (name) => {
    const { app } = stageApp(name);
    app.synth();
    expect(findings(app)).toEqual([]);
  });

  it('still fails on a wildcard that meets no known pattern', () => {
    const stack = new Stack();
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    acknowledgeWildcards(stack, noResources);
    expect(findings(stack)).toEqual(['AwsSolutions-IAM5[Action::s3:*] Default/Role/DefaultPolicy/Resource']);
  });
});
