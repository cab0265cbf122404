import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, it } from '@jest/globals';
import { sourceSecrets } from '#adapters/aws/source-secrets.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

it(
  'secrets of sources are read below their prefix alone',
  async () => {
    const client = new SecretsManagerClient((await emulator()).config);
    for (const Name of ['mlops/sources/crm', 'other'])
      await client.send(new CreateSecretCommand({ Name, SecretString: `{"of":"${Name}"}` }));
    const read = sourceSecrets(() => client);
    expect(await read('crm')).toBe('{"of":"mlops/sources/crm"}');
    expect(await read('mlops/sources/crm')).toBe('{"of":"mlops/sources/crm"}');
    expect(await read('other')).toBeUndefined();
  },
  EMULATOR_START_MS,
);
