import { s3 } from '#adapters/aws/clients.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { ledgerSteps } from '#contracts/ledger.ts';
import { compactLedger } from '#core/ledger/index.ts';
import { readEnv } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { ledgerEngine, ledgerEnv } from './_ledger-deps.ts';

const env = readEnv(ledgerEnv);
const deps = {
  ledger: s3ObjectStore(s3(), env.LEDGER_BUCKET),
  engine: ledgerEngine(env),
  digest: systemDigest,
  clock: systemClock,
};

export const handler = stepHandler(ledgerSteps.compact, async () => {
  const { hours, isBehind } = await compactLedger(deps);
  return { hours: [...hours], isBehind };
});
