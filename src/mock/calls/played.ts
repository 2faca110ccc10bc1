import type { LibraryEntry } from "../../cassette/index.ts";
import { type AnsweredBy, type Trace, answeredByText } from "../../exchange/index.ts";
import { masked } from "../../secrets/index.ts";
import { GatetapeError } from "../../util/index.ts";
import type { ReplyState } from "../replies/index.ts";

export type PlayedErrorCode =
  /** An answer was given to nobody. */
  | "not-played"
  /** A request got an answer that nobody recorded or gave. */
  | "not-recorded"
  /** The journal no longer holds all exchanges. */
  | "dropped";

/** A recording that was not played as a whole, or a request beside it. */
export class PlayedError extends GatetapeError<PlayedErrorCode> {
  override readonly name = "PlayedError";
}

/** Answers that are to be played, each at least once. */
interface ExpectedAnswers {
  readonly entries: readonly LibraryEntry[];
  readonly replies: readonly ReplyState[];
}

/** An exchange, as far as it counts here. */
interface PlayedExchange {
  readonly method: string;
  readonly target: string;
  readonly by: AnsweredBy;
}

/** Leaves out what of an exchange does not count. */
export function playedExchange({ request: { method, target }, answer: { by } }: Trace): PlayedExchange {
  return { method, target, by };
}

/** Exchanges that were over so far. */
interface PlayedExchanges {
  readonly exchanges: readonly PlayedExchange[];
  /** Number of exchanges that are no longer known. */
  readonly dropped: number;
}

/** Number of different requests without a recording that are kept. */
const MAX_OTHERS = 1000;

/** Exchanges of a player without a journal: all authors of answers, and the first requests that got another one. */
export class PlayedTraces implements PlayedExchanges {
  readonly dropped = 0;
  readonly #byAuthor = new Map<AnsweredBy, PlayedExchange>();

  add(trace: Trace): void {
    const { by } = trace.answer;
    if (by.kind === "cassette" || this.#byAuthor.size < MAX_OTHERS)
      this.#byAuthor.set(by, playedExchange(trace));
  }

  get exchanges(): readonly PlayedExchange[] {
    return [...this.#byAuthor.values()];
  }
}

/** Number of lines of each kind that a message has. */
const MAX_LINES = 10;

/**
 * Holds exchanges against the answers that were to be played.
 * @throws PlayedError that names each answer that was not played, and each request that got another one
 */
export function checkPlayed(
  { exchanges, dropped }: PlayedExchanges,
  { entries, replies }: ExpectedAnswers,
): void {
  if (dropped > 0)
    throw new PlayedError(
      "dropped",
      {},
      `${dropped} exchanges are no longer in the journal, so that nobody knows what was played`,
      "give the journal more memory (journalBytes, --journal-memory), or clear it before each test",
    );
  const played = new Set<AnsweredBy>(exchanges.map(({ by }) => by));
  const unplayed = [
    ...entries.filter(({ by }) => !played.has(by)).map(entryText),
    ...replies.filter(({ used }) => used === 0).map(unplayedReply),
  ];
  const others = exchanges
    .filter(({ by }) => by.kind !== "cassette" && by.kind !== "reply")
    .map(({ method, target, by }) => masked(`${method} ${target}: ${answeredByText(by)}`));
  const parts = [
    section(unplayed, "was not played", "were not played"),
    section(
      others,
      "request got an answer that nobody recorded",
      "requests got answers that nobody recorded",
    ),
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return;
  throw new PlayedError(
    unplayed.length > 0 ? "not-played" : "not-recorded",
    {},
    parts.join("\n"),
    unplayed.length > 0
      ? "ask for it, or remove it from the cassette"
      : "record these requests, or give them a reply",
  );
}

function entryText({ interaction, request, by }: LibraryEntry): string {
  return masked(`${request.method} ${interaction.request.target}: ${by.title}`);
}

function unplayedReply({ id, rule: { reply } }: ReplyState): string {
  const shown = typeof reply === "function" ? "a function" : JSON.stringify(reply);
  return masked(`reply ${id}: ${shown.length > 60 ? `${shown.slice(0, 57)}...` : shown}`);
}

function section(lines: readonly string[], one: string, many: string): string | undefined {
  if (lines.length === 0) return undefined;
  const shown = lines.slice(0, MAX_LINES).map((line) => `  ${line}`);
  const more = lines.length > MAX_LINES ? [`  … and ${lines.length - MAX_LINES} more`] : [];
  return [`${lines.length} ${lines.length === 1 ? one : many}:`, ...shown, ...more].join("\n");
}
