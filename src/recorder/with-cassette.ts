import { join } from "node:path";
import { CASSETTE_SUFFIX } from "../cassette/index.ts";
import { RECORD_MODES, RecordError, type RecordMode, type RecordingSummary } from "./model/index.ts";
import { type RecorderOptions, startRecorder } from "./recorder.ts";

export interface CassetteOptions extends Pick<
  RecorderOptions,
  | "upstream"
  | "ogl"
  | "sanitize"
  | "upstreamKey"
  | "ca"
  | "redactPrompts"
  | "keepWaits"
  | "keepAborted"
  | "speed"
> {
  /**
   * The record mode.
   * @default the environment's `GATETAPE_MODE`; else "none" where `CI` is set, and "once" elsewhere
   */
  readonly mode?: RecordMode;
  /** The folder of the cassettes. @default "cassettes" */
  readonly folder?: string;
}

/** A cassette while a test uses it. */
export interface CassetteSession {
  /** The base URL for a client: `http://127.0.0.1:PORT/v1`. */
  readonly baseUrl: string;
  /** Whether requests go to the upstream and are recorded. */
  readonly recording: boolean;
  readonly file: string;
  /**
   * Checks that all of the recording was played, and that nothing else was asked. While something is recorded all is well.
   * @throws PlayedError that names each difference
   */
  expectAllPlayed(): void;
}

/** The file of a cassette by its name; characters other than letters, digits, `.`, `_` and `-` become `-`. @throws RecordError */
export function cassetteFile(name: string, folder = "cassettes"): string {
  const slug = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^[-.]+|-+$/g, "");
  if (slug === "")
    throw new RecordError("name", {}, `${JSON.stringify(name)} is not a valid cassette name`, "use letters");
  return join(folder, slug + CASSETTE_SUFFIX);
}

/**
 * Records the requests of a function to a live gateway, or plays an earlier recording, over real sockets. Played answers
 * have no waits unless `speed` is given.
 *
 * @example
 * ```ts
 * await withCassette("greeting", { upstream: "https://gateway.example/v1" }, async ({ baseUrl }) => {
 *   const client = new OpenAI({ baseURL: baseUrl, apiKey: process.env.OGL_KEY ?? "sk-anything" });
 * });
 * ```
 * @throws RecordError if there is nothing to play and no upstream, or an interaction was withheld for a secret in it
 */
export async function withCassette<T>(
  name: string,
  options: CassetteOptions,
  use: (cassette: CassetteSession) => T | Promise<T>,
): Promise<T> {
  const { mode = defaultMode(), folder, ...rest } = options;
  const file = cassetteFile(name, folder);
  const troubles: string[] = [];
  const recorder = await startRecorder({
    speed: Infinity,
    ...rest,
    mode,
    out: file,
    onEvent: (event) => {
      if (event.event === "trouble") troubles.push(event.message);
    },
  });
  let summary: RecordingSummary;
  let result: T;
  try {
    const { baseUrl, records: recording, expectAllPlayed } = recorder;
    result = await use({ baseUrl, recording, file, expectAllPlayed });
  } finally {
    summary = await recorder.finish();
  }
  mustBeKept(file, summary, troubles);
  return result;
}

function mustBeKept(file: string, { withheld, lost }: RecordingSummary, troubles: readonly string[]): void {
  if (lost > 0)
    throw new RecordError("lost", { file }, `${lost} interactions are lost: ${troubles.join("; ")}`);
  const [first] = withheld;
  if (first === undefined) return;
  const found = first.findings.map(({ kind, location, shown }) => `${kind} at ${location}: ${shown}`);
  throw new RecordError(
    "withheld",
    { file },
    `interaction ${first.number} (${first.request}) was withheld: ${found.join("; ")}${withheld.length > 1 ? ` (and ${withheld.length - 1} more)` : ""}`,
    "take the secret out of what is sent, or add a rule for it",
  );
}

function defaultMode(): RecordMode {
  const named = process.env["GATETAPE_MODE"];
  if (named === undefined || named === "") return process.env["CI"] ? "none" : "once";
  const mode = RECORD_MODES.find((known) => known === named);
  if (mode === undefined)
    throw new RecordError(
      "mode",
      {},
      `GATETAPE_MODE is ${JSON.stringify(named)}`,
      `set it to ${RECORD_MODES.join(", ")}`,
    );
  return mode;
}
