import type { Stack } from 'aws-cdk-lib';
import { Token } from 'aws-cdk-lib';

/** AWS's own list of the addresses that CloudFront asks origins from (com.amazonaws.global.cloudfront.origin-facing). */
const prefixLists: Readonly<Record<string, string>> = {
  'ap-northeast-1': 'pl-58a04531',
  'ap-northeast-2': 'pl-22a6434b',
  'ap-northeast-3': 'pl-31a14458',
  'ap-south-1': 'pl-9aa247f3',
  'ap-southeast-1': 'pl-31a34658',
  'ap-southeast-2': 'pl-b8a742d1',
  'ca-central-1': 'pl-38a64351',
  'eu-central-1': 'pl-a3a144ca',
  'eu-north-1': 'pl-fab65393',
  'eu-west-1': 'pl-4fa04526',
  'eu-west-2': 'pl-93a247fa',
  'eu-west-3': 'pl-75b1541c',
  'sa-east-1': 'pl-5da64334',
  'us-east-1': 'pl-3b927c52',
  'us-east-2': 'pl-b6a144df',
  'us-west-1': 'pl-4ea04527',
  'us-west-2': 'pl-82a045eb',
};

/**
 * The prefix list of a stack's region. Looked up here and not in the account, so that synth asks nobody.
 * @throws Error that says how to name the list of a region that is not known here
 */
export const edgePrefixList = (stack: Stack): string => {
  const given: unknown = stack.node.tryGetContext('edgePrefixList');
  if (typeof given === 'string') return given;
  const known = Token.isUnresolved(stack.region) ? undefined : prefixLists[stack.region];
  if (known) return known;
  const how = 'aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=*cloudfront.origin-facing';
  throw new Error(`no prefix list of CloudFront is known for ${stack.region}; say -c edgePrefixList=pl-… (${how})`);
};
