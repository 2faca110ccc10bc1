/** A use of a model. */
export interface UsageRow {
  readonly user: number;
  readonly model: string;
  /** The name of the key, which stays when the key is deleted. */
  readonly key: string | null;
  readonly endpoint: string;
  readonly prompt: number;
  readonly completion: number;
  readonly cost: number;
  /** Milliseconds; `null` if the client left. */
  readonly latency: number | null;
  /** Milliseconds until a stream's first token. */
  readonly ttft: number | null;
  readonly created: number;
}
