import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** All that sources may read of the account's secrets: the functions' rights say the same. */
export const SOURCE_SECRETS = 'mlops/sources/';

/** Credentials of databases that are sources, by their name below mlops/sources/. */
export const sourceSecrets =
  (client: () => SecretsManagerClient = () => new SecretsManagerClient({})) =>
  async (name: string): Promise<string | undefined> => {
    const SecretId = name.startsWith(SOURCE_SECRETS) ? name : `${SOURCE_SECRETS}${name}`;
    try {
      return (await client().send(new GetSecretValueCommand({ SecretId }))).SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
