import {
  type Bindings,
  type Group,
  type Library,
  type LibraryEntry,
  bind,
  newBindings,
} from "../../cassette/index.ts";
import type { Answer, ExchangeRequest, RequestHead, Source } from "../../exchange/index.ts";
import { asgiResponse } from "../../asgi/index.ts";
import { masked } from "../../secrets/index.ts";
import { type Difference, RecentMap } from "../../util/index.ts";
import type { Stubs } from "../replies/index.ts";

interface Session {
  /** Number of times that each member of a group was played. */
  readonly played: Map<LibraryEntry, number>;
  readonly bindings: Bindings;
}

/** Source that plays the library: the most specific matching interaction that its session has not used up. */
export class Player implements Source {
  #library: Library;
  /** Interactions added at run time, with precedence over the library. */
  readonly #stubs: Stubs;
  /** State by session. A forgotten session starts its sequences again. */
  readonly #sessions = new RecentMap<string, Session>();

  constructor(library: Library, stubs: Stubs) {
    this.#library = library;
    this.#stubs = stubs;
  }

  get library(): Library {
    return this.#library;
  }

  /** Plays another library from the next request on; sequences start again. */
  replaceLibrary(library: Library): void {
    this.#library = library;
    this.#sessions.clear();
  }

  answer(exchange: ExchangeRequest): Answer | undefined {
    const next = (group: Group<LibraryEntry>): LibraryEntry | undefined => this.#next(group, exchange);
    const entry = this.#find(exchange, next);
    return entry && { script: entry.script, by: entry.by };
  }

  /** Finds a script that answers before the body is read, by method and path alone. */
  answerEarly(head: RequestHead): Answer | undefined {
    for (const { early } of [...this.#stubs.librariesOf(head.session), this.#library]) {
      const entry = early.find(({ request }) => request.method === head.method && request.path === head.path);
      if (entry !== undefined) return { script: entry.script, by: entry.by };
    }
    return undefined;
  }

  /** Restarts a session's sequences and removes the interactions added for it alone. */
  reset(session: string): void {
    this.#sessions.delete(session);
    this.#stubs.clear(session);
  }

  /** Whether an interaction is recorded for that method and path. */
  records({ session, method, path }: RequestHead): boolean {
    return [...this.#stubs.librariesOf(session), this.#library].some(({ entries }) =>
      entries.some(({ request }) => request.method === method && request.path === path),
    );
  }

  /** Whether exactly this request was recorded, used up or not. */
  knows(exchange: ExchangeRequest): boolean {
    return (
      this.#find(
        exchange,
        ({ members }) => members.some((entry) => entry.match.body !== "subset") || undefined,
      ) ?? false
    );
  }

  /** Whether an interaction matches this request, used up or not. */
  takes(exchange: ExchangeRequest): boolean {
    return this.#find(exchange, () => true) ?? false;
  }

  /** Answers a request without a match: a 400 that names the closest recording and the difference. */
  miss(exchange: ExchangeRequest): Answer {
    const detail = this.#missDetail(exchange);
    const body = Buffer.from(JSON.stringify({ detail: `gatetape: ${detail}` }));
    return {
      script: asgiResponse(400, body, [["x-gatetape-miss", "1"]]),
      by: { kind: "miss", detail },
    };
  }

  #find<R>(exchange: ExchangeRequest, take: (group: Group<LibraryEntry>) => R | undefined): R | undefined {
    for (const added of this.#stubs.librariesOf(exchange.session)) {
      const taken = added.find(exchange, take);
      if (taken !== undefined) return taken;
    }
    return this.#library.find(exchange, take);
  }

  #next(group: Group<LibraryEntry>, exchange: ExchangeRequest): LibraryEntry | undefined {
    for (const entry of group.members) {
      const play = entry.match.play ?? "any";
      if (play === "any" && !group.redacted) return entry;
      const session = this.#session(exchange.session);
      if (play !== "any" && (session.played.get(entry) ?? 0) > 0) continue;
      if (group.redacted && !bind(session.bindings, entry.request, exchange, entry.match.headers)) continue;
      session.played.set(entry, (session.played.get(entry) ?? 0) + 1);
      return entry;
    }
    return undefined;
  }

  #session(id: string): Session {
    return this.#sessions.getOrMake(id, () => ({ played: new Map(), bindings: newBindings() }));
  }

  #missDetail(exchange: ExchangeRequest): string {
    const line = masked(`${exchange.method} ${exchange.target}`);
    // A group that is not used up did not match because of the request's pseudonyms.
    const played = this.#sessions.get(exchange.session)?.played;
    const usedUp = this.#find(exchange, ({ members }) =>
      members.every((entry) => played?.has(entry)) && !members.some(playsForEver) ? members : undefined,
    );
    if (usedUp !== undefined) {
      return `${line} has been played ${usedUp.length} times in this session, as often as recorded (last: ${usedUp.at(-1)?.title})`;
    }
    const nearest = this.#library.nearest(exchange);
    if (nearest === undefined) {
      const operation = exchange.operation?.id ?? "no operation of the OpenAPI";
      return `no cassette has ${masked(`${exchange.method} ${exchange.path}`)} (${operation}); ${this.#library.entries.length} interactions are loaded`;
    }
    const hint = this.#find(exchange, () => true)
      ? "; a pseudonym stands for one value within a session, and no two for the same"
      : exchange.json === undefined && exchange.form === undefined && exchange.body.length > 0
        ? "; the body was not read as JSON, check content-type and that it is JSON of no more than 512 levels"
        : "";
    return `no cassette matches ${line}; nearest is ${nearest.item.title}: ${differencesText(nearest.differences)}${hint}`;
  }
}

function playsForEver({ match }: LibraryEntry): boolean {
  return (match.play ?? "any") === "any";
}

function differencesText(differences: readonly Difference[]): string {
  const shown = differences.slice(0, 3).map(({ pointer, recorded, got }) => {
    const location = pointer === "" ? "the body" : masked(pointer);
    if (got === undefined) return `${location} is missing, recorded as ${short(recorded)}`;
    return recorded === undefined
      ? `${location} is ${short(got)}, which was not recorded`
      : `${location} is ${short(got)}, recorded as ${short(recorded)}`;
  });
  const more = differences.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** Prints a value without secrets, since it also goes to logs. Masks before the cut, so that no secret is cut in half. */
function short(value: unknown): string {
  const text = masked((JSON.stringify(value) ?? "nothing").slice(0, 400));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
