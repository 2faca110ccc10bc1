/** One difference within an interaction. Absent sides were not there. */
export interface Change {
  /** Where: `request`, `status`, `headers`, `body`, `event`, `end`, `match` … */
  readonly part: string;
  /** In a stream: the event's number in either, counted from 1; where `part` is `body`, that of the event before. */
  readonly event?: { readonly before?: number; readonly after?: number };
  /** JSON pointer into that part, where it is JSON. */
  readonly pointer?: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** What `before` and `after` do not show: where bytes of equal values part. */
  readonly note?: string;
}

/** How two interactions differ; waits are left out. */
export interface InteractionDiff {
  readonly kind: "added" | "removed" | "changed";
  readonly name: string;
  /** The other's name, where they were paired by an equal request. */
  readonly renamedTo?: string;
  /** JSON pointers into the two cassettes. */
  readonly pointers: { readonly before?: string; readonly after?: string };
  readonly request: string;
  readonly changes: readonly Change[];
  /** Where the boundaries of the writes differ; apart from the changes, which are of bytes and meaning. */
  readonly writes: readonly string[];
}

export interface CassetteDiff {
  readonly about: readonly Change[];
  readonly interactions: readonly InteractionDiff[];
  /** True if the interactions that both have come in another order. */
  readonly reordered: boolean;
  readonly equal: number;
}
