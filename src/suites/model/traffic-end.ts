/** Coverage of a run: played cassette interactions and requested operations. */
export interface Coverage {
  /** Interactions of the user's own cassettes. */
  readonly interactions: {
    readonly played: number;
    readonly all: number;
    readonly unplayed: readonly string[];
  };
  readonly operations: { readonly requested: readonly OperationCount[]; readonly all: number };
}

export interface OperationCount {
  readonly operation: string;
  readonly requests: number;
}

/** End of the command that made the traffic. */
export interface CommandEnd {
  /** `null` if a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
  /** The command was still running at its deadline. */
  readonly overdue: boolean;
  /** Processes of the command's group still ran after it had ended. */
  readonly leftBehind: boolean;
  /** Result of looking for `--expect-stdout-token`'s text in the output; absent without that flag. */
  readonly token?: { readonly text: string; readonly answered: boolean; readonly printed: boolean };
}
