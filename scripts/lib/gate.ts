import type { Finished } from './shell.ts';

/** One thing that must hold of the tree. `skip` says why it cannot be asked yet. */
export interface Gate {
  readonly name: string;
  readonly skip?: string | undefined;
  readonly run: () => Promise<Finished>;
}
