import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Platform } from './boot.ts';
import type { StackOutputs } from './deploy.ts';
import { apiPath } from './edge/lead-edge.ts';

/** What scripts need: .local/outputs.json. */
export interface LocalOutputs {
  readonly apiUrl: string;
  /** The one address for MLflow's clients and its web UI: the API, and uploads of any size. */
  readonly edgeUrl: string;
  /** Base under which the serving fleet answers, through API and load balancer. */
  readonly predictUrl: string;
  readonly apiKey: string;
  readonly emulatorUrl: string;
  readonly [stackOutput: string]: string;
}

const adminKey = async ({ emulator }: Platform, secretArn: string): Promise<string> => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region } = emulator.env;
  const client = new SecretsManagerClient({
    endpoint: emulator.url,
    region,
    credentials: { accessKeyId, secretAccessKey },
  });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (!SecretString) throw new Error(`the admin key's secret ${secretArn} is empty; start again with --reset`);
  return SecretString;
};

/** Reads the admin key and writes the file; only its owner may read it, for it holds the key. */
export const writeOutputs = async (platform: Platform, stacks: StackOutputs): Promise<LocalOutputs> => {
  const flat: Record<string, string> = Object.assign({}, ...Object.values(stacks));
  const apiUrl = `${platform.emulator.url}${apiPath(flat.ApiId ?? '')}`;
  const outputs = {
    apiUrl,
    edgeUrl: platform.edge.url,
    predictUrl: apiUrl,
    apiKey: await adminKey(platform, flat.AdminKeySecretArn ?? ''),
    emulatorUrl: platform.emulator.url,
    ...flat,
  };
  writeFileSync(join(platform.paths.state, 'outputs.json'), `${JSON.stringify(outputs, null, 2)}\n`, { mode: 0o600 });
  return outputs;
};
