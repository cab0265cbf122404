import type { Clock, Digest, Ids } from '#core/shared/index.ts';
import type { FeatureReader } from '../feature-reader.ts';
import type { Fleet } from '../fleet.ts';
import type { Ledger, Stopwatch, Telemetry } from '../ports.ts';

export interface PredictDeps {
  readonly fleet: Pick<Fleet, 'find' | 'models'>;
  readonly features: FeatureReader;
  readonly ledger: Pick<Ledger, 'commit' | 'refuseWhenFull'>;
  readonly telemetry: Pick<Telemetry, 'predicted' | 'failed'>;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly ids: Pick<Ids, 'ulid'>;
  readonly digest: Digest;
}

/** Who asks, for the ledger, and how. */
export interface Asker {
  readonly caller: string;
  readonly requestId: string;
  /** What did not begin by then, on the stopwatch, is not run. */
  readonly untilMs?: number | undefined;
  /** Present when explanations are wanted, the largest `top` columns of each. */
  readonly explain?: { readonly top?: number | undefined } | undefined;
}
