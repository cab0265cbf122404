/** Something in a valid shape that does not fit together. */
export interface Misfit {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}
