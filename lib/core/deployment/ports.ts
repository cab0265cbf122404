import type { Deployment, VariantHealth } from '#contracts/deployment.ts';
import type { Caller } from '#contracts/routes.ts';

/** Deployment documents: one a model, replaced as a whole, every revision kept. */
export interface DeploymentStore {
  /** The newest revision, undefined when the model was never deployed. Reads its own writes. */
  find(model: string): Promise<Deployment | undefined>;
  /**
   * Replaces the document. `deployment.revision` is expectedRevision + 1; 0 expects that there is none yet.
   * REVISION_CONFLICT when someone was faster: nothing is written then.
   */
  save(deployment: Deployment, expectedRevision: number): Promise<void>;
  /** The newest revision of every model, by name: all that a fleet follows, in one query. */
  list(): Promise<Deployment[]>;
  /** Earlier and current revisions of a model, newest first. */
  history(model: string, limit: number): Promise<Deployment[]>;
  /** That revision of a model and those after it, oldest first. */
  revisionsFrom(model: string, revision: number, limit: number): Promise<Deployment[]>;
}

export interface HealthWindow {
  readonly model: string;
  readonly version: number;
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

/** What the fleet measured for one version. */
export interface HealthSource {
  measure(window: HealthWindow): Promise<VariantHealth>;
}

/** Starts a rollout and answers its pipeline run id. */
export interface RolloutStarter {
  start(rollout: {
    project: string;
    model: string;
    version: number;
    /** SageMaker endpoint that runs it. @default the fleet's own copy */
    endpoint?: string | undefined;
    caller: Caller;
  }): Promise<string>;
}
