import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import type { EmulatorConfig } from '#test/helpers/emulator.ts';

const definition = JSON.stringify({
  QueryLanguage: 'JSONata',
  StartAt: 'Prepare',
  States: {
    Prepare: { Type: 'Pass', Next: 'Bake' },
    Bake: { Type: 'Wait', Seconds: 0, Next: 'Split' },
    Split: {
      Type: 'Map',
      Items: [1, 2],
      ItemProcessor: { StartAt: 'One', States: { One: { Type: 'Pass', End: true } } },
      End: true,
    },
  },
});

const trustStates = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const template = {
  Resources: {
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trustStates } },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { DefinitionString: definition, RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    },
    Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: `group-${process.pid}` } },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'bootstrap-secret' } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
  },
  Outputs: {
    machine: { Value: { 'Fn::GetAtt': ['Machine', 'Arn'] } },
    role: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    secret: { Value: { Ref: 'Secret' } },
    group: { Value: `group-${process.pid}` },
    topic: { Value: { Ref: 'Topic' } },
  },
};

/** Deploys what the doors need beside tables and buckets; answers its outputs. */
export const deploy = async (config: EmulatorConfig): Promise<Record<string, string>> => {
  const client = new CloudFormationClient(config);
  const StackName = `doors-${process.pid}-${Date.now()}`;
  await client.send(
    new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_IAM'] }),
  );
  await waitUntilStackCreateComplete({ client, maxWaitTime: 30, minDelay: 0.2, maxDelay: 1 }, { StackName });
  const [stack] = (await client.send(new DescribeStacksCommand({ StackName }))).Stacks ?? [];
  return Object.fromEntries((stack?.Outputs ?? []).map((output) => [output.OutputKey ?? '', output.OutputValue ?? '']));
};
