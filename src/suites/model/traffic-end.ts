/** What of the cassettes was played, and what of OGL was asked. */
export interface Coverage {
  /** The interactions of the user's own cassettes. */
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

/** How the command ended that made the traffic. */
export interface CommandEnd {
  /** `null` if a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
  /** It had not ended by itself when its time was over. */
  readonly overdue: boolean;
  /** Processes of its group were still there after it had ended. */
  readonly leftBehind: boolean;
  /** Whether the text that had to be in its output was there; absent if none had to be. */
  readonly token?: { readonly text: string; readonly answered: boolean; readonly printed: boolean };
}
