import { Command } from 'commander';
import type { Role } from '#contracts/routes.ts';
import { connect } from '../connection.ts';
import { show, table } from '../output.ts';

const createCommand = () =>
  new Command('create')
    .description('make an API key; it is shown this once')
    .argument('<name>', 'what it is for')
    .option('--role <role>', 'viewer, scientist, deployer or admin', 'viewer')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { role: Role; json?: boolean }) => {
      const created = await connect().identity.createApiKey({ body: { name, role: options.role } });
      show(created, options.json, ({ apiKey }) => apiKey);
    });

const listCommand = () =>
  new Command('list')
    .description('list API keys')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const { items } = await connect().identity.listApiKeys({});
      show(items, options.json, (keys) =>
        table(
          ['key', 'name', 'role', 'created', 'revoked'],
          keys.map((k) => [k.keyId, k.name, k.role, k.createdAt, k.revokedAt ?? '']),
        ),
      );
    });

const revokeCommand = () =>
  new Command('revoke')
    .description('revoke an API key; it may still be taken for up to a minute')
    .argument('<key>', 'id of the key, as `mlp keys list` shows it; a name may be that of several')
    .action(async (keyId: string) => {
      const { name } = await connect().identity.revokeApiKey({ path: { keyId } });
      // The gateway asks the authorizer about a key once a minute.
      console.log(`revoked ${keyId} (${name}); it may still be taken for up to a minute`);
    });

export const keysCommand = (): Command => {
  const keys = new Command('keys').description('make, list and revoke API keys');
  for (const command of [createCommand, listCommand, revokeCommand]) keys.addCommand(command());
  return keys;
};
