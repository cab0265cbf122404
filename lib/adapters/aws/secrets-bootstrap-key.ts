import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { BootstrapKey } from '#core/identity/index.ts';
import type { Clock } from '#core/shared/ports.ts';

const KEPT_MS = 5 * 60 * 1_000;

export interface BootstrapSecret {
  readonly secretArn: string;
  readonly clock: Clock;
  readonly client?: SecretsManagerClient;
}

/** The admin key from Secrets Manager, asked for at most every five minutes: so long a rotated key still opens. */
export const secretsBootstrapKey = ({
  secretArn,
  clock,
  client = new SecretsManagerClient({}),
}: BootstrapSecret): BootstrapKey => {
  let kept: { readonly key: string | undefined; readonly untilMs: number } | undefined;
  return async () => {
    const nowMs = clock.now().getTime();
    if (kept && nowMs < kept.untilMs) return kept.key;
    const reply = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
    // An empty secret must open nothing.
    kept = { key: reply.SecretString || undefined, untilMs: nowMs + KEPT_MS };
    return kept.key;
  };
};
