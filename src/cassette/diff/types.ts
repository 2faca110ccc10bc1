/** A difference within an interaction. `before` is absent for an addition, `after` for a removal. */
export interface Change {
  /** The part that differs: `request`, `status`, `headers`, `body`, `event`, `end`, `match` … */
  readonly part: string;
  /** In a stream: the number of the event in each, counted from 1; if `part` is `body`, of the event before. */
  readonly event?: { readonly before?: number; readonly after?: number };
  /** JSON pointer into that part, where it is JSON. */
  readonly pointer?: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** Remark on a difference that `before` and `after` do not show, like other bytes of an equal value. */
  readonly note?: string;
}

/** The differences of two interactions; waits are not compared. */
export interface InteractionDiff {
  readonly kind: "added" | "removed" | "changed";
  readonly name: string;
  /** Name of the second interaction, if they were paired by an equal request. */
  readonly renamedTo?: string;
  /** JSON pointers into the two cassettes. */
  readonly pointers: { readonly before?: string; readonly after?: string };
  readonly request: string;
  readonly changes: readonly Change[];
  /** Differences of the boundaries of writes, in words; `changes` is about bytes and meaning. */
  readonly writes: readonly string[];
}

export interface CassetteDiff {
  readonly about: readonly Change[];
  readonly interactions: readonly InteractionDiff[];
  /** True if the common interactions are in another order. */
  readonly reordered: boolean;
  readonly equal: number;
}
