import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Step Functions keeps one rule of this name an account, to hear of the ends of what `.sync` tasks started. */
export const managedRule = (scope: Construct, name: string): PolicyStatement =>
  new PolicyStatement({
    actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    resources: [Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: name })],
  });
