import {
  type Bindings,
  type Choice,
  type Group,
  type KeyBindings,
  type KeyNames,
  type Library,
  type LibraryEntry,
  type Partition,
  type TableMatch,
  bind,
  choose,
  credentialOf,
  filesOfSession,
  matchedGroups,
  keyNames,
  libraryOf,
  newBindings,
  partitionOf,
} from "../../cassette/index.ts";
import type { Answer, ExchangeRequest, Insight, RequestHead, Source } from "../../exchange/index.ts";
import { asgiResponse } from "../../asgi/index.ts";
import { masked } from "../../secrets/index.ts";
import { RecentMap } from "../../util/index.ts";
import type { Stubs } from "../replies/index.ts";
import { differencesText, otherKeysText, unknownSessionText } from "./miss-text.ts";

interface Session {
  /** Number of times that each member of a group was played. */
  readonly played: Map<LibraryEntry, number>;
  readonly bindings: Bindings;
  /** Labels of the keys that the session has sent. */
  readonly keys: KeyBindings;
}

/** A session that has sent no request yet. */
const NEW_SESSION: { readonly keys: KeyBindings } = { keys: new Map() };

/** Source that plays the library: the most specific matching interaction that its session has not used up. */
export class Player implements Source {
  #library: Library;
  /** Interactions added at run time, with precedence over the library. */
  readonly #stubs: Stubs;
  /** State by session. A forgotten session starts its sequences again. */
  readonly #sessions = new RecentMap<string, Session>();
  /** The library of a session that names no cassette. */
  readonly #nothing: Library;
  /** Keys by the labels that they are named by. */
  readonly #keys: ReadonlyMap<string, string>;
  #names: KeyNames;
  #partitions = new WeakMap<Group<LibraryEntry>, Partition<LibraryEntry>>();
  /** Groups that match large requests, found beforehand. */
  readonly #found = new WeakMap<Insight, ReadonlyMap<Library, readonly Group<LibraryEntry>[]>>();

  /** True if an unknown key is not taken for one that was refused. */
  readonly #trusting: boolean;

  /**
   * @param keys keys by their labels in cassettes (`sk-1`), as the configuration or the world names them
   * @param options `trusting`: a key that nobody named does not play what is recorded with refused keys alone
   */
  constructor(
    library: Library,
    stubs: Stubs,
    keys: ReadonlyMap<string, string> = new Map(),
    { trusting = false }: { readonly trusting?: boolean } = {},
  ) {
    this.#trusting = trusting;
    this.#library = library;
    this.#stubs = stubs;
    this.#nothing = libraryOf(library.ogl, []);
    this.#keys = keys;
    this.#names = keyNamesIn(library, keys);
  }

  get library(): Library {
    return this.#library;
  }

  /** Plays another library from the next request on; sequences start again. */
  replaceLibrary(library: Library): void {
    this.#library = library;
    this.#names = keyNamesIn(library, this.#keys);
    this.#sessions.clear();
  }

  /** The libraries that can answer a session, in the order in which they are asked. */
  librariesOf(session: string): Library[] {
    return [...this.#stubs.librariesOf(session), this.#libraryOf(session)];
  }

  /** Takes in the matches of a large request that were found beforehand. */
  learn(insight: Insight, matches: ReadonlyMap<Library, readonly TableMatch[]>): void {
    const groups = [...matches].map(([library, found]) => [library, matchedGroups(library, found)] as const);
    this.#found.set(insight, new Map(groups));
  }

  answer(exchange: ExchangeRequest): Answer | undefined {
    const next = (group: Group<LibraryEntry>): LibraryEntry | undefined => this.#next(group, exchange);
    const entry = this.#find(exchange, next);
    return entry && { script: entry.script, by: entry.by };
  }

  /** Plays the interactions added at run time alone. */
  answerAdded(exchange: ExchangeRequest): Answer | undefined {
    const next = (group: Group<LibraryEntry>): LibraryEntry | undefined => this.#next(group, exchange);
    const entry = this.#findAdded(exchange, next);
    return entry && { script: entry.script, by: entry.by };
  }

  /** Finds a script that answers before the body is read, by method and path alone. */
  answerEarly(head: RequestHead): Answer | undefined {
    for (const { early } of this.librariesOf(head.session)) {
      if (early.length === 0) continue; // on the hot path
      const alike = early.filter(
        ({ request }) => request.method === head.method && request.path === head.path,
      );
      const [entry] = this.#choice(partitionOf(alike), head).members;
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
    return [...this.#stubs.librariesOf(session), this.#libraryOf(session)].some(({ entries }) =>
      entries.some(({ request }) => request.method === method && request.path === path),
    );
  }

  /** Whether exactly this request was recorded, used up or not. */
  knows(exchange: ExchangeRequest): boolean {
    return (
      this.#find(
        exchange,
        (group) => this.#chosen(group, exchange).some((entry) => entry.match.body !== "subset") || undefined,
      ) ?? false
    );
  }

  /** Whether exactly this request was recorded with a credential like this one, or without one like this one. */
  recorded(exchange: ExchangeRequest): boolean {
    const isRecorded = ({ match, credential }: LibraryEntry): boolean =>
      match.body !== "subset" && credential !== undefined;
    return (
      this.#find(exchange, (group) => this.#chosen(group, exchange).some(isRecorded) || undefined) ?? false
    );
  }

  /** Whether an interaction matches this request, used up or not. */
  takes(exchange: ExchangeRequest): boolean {
    return this.#find(exchange, (group) => this.#chosen(group, exchange).length > 0 || undefined) ?? false;
  }

  /**
   * The interactions that are there to be played; for a session, those added for it alone and the cassette of its name.
   */
  ownEntries(session?: string): readonly LibraryEntry[] {
    const loaded =
      session === undefined || (this.#library.sessions !== undefined && session !== "")
        ? this.#libraryOf(session ?? "").entries
        : [];
    return [...this.#stubs.entries(session), ...loaded];
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
    const added = this.#findAdded(exchange, take);
    if (added !== undefined) return added;
    const library = this.#libraryOf(exchange.session);
    return findIn(library, this.#foundIn(library, exchange), exchange, take);
  }

  #findAdded<R>(
    exchange: ExchangeRequest,
    take: (group: Group<LibraryEntry>) => R | undefined,
  ): R | undefined {
    for (const added of this.#stubs.librariesOf(exchange.session)) {
      const taken = findIn(added, this.#foundIn(added, exchange), exchange, take);
      if (taken !== undefined) return taken;
    }
    return undefined;
  }

  #foundIn(library: Library, { insight }: ExchangeRequest): readonly Group<LibraryEntry>[] | undefined {
    return insight && this.#found.get(insight)?.get(library);
  }

  /** The library that a session plays: all of it, or the cassette of its name. */
  #libraryOf(session: string): Library {
    const { sessions } = this.#library;
    if (sessions === undefined || session === "") return this.#library;
    const [file, ...others] = filesOfSession(sessions, session);
    return file === undefined || others.length > 0 ? this.#nothing : this.#library.ofFile(file);
  }

  #next(group: Group<LibraryEntry>, exchange: ExchangeRequest): LibraryEntry | undefined {
    const { members: chosen, bind: bindKey } = this.#choice(this.#partition(group), exchange);
    const members = this.#trusting && bindKey !== undefined ? withoutRefusedKeys(chosen) : chosen;
    const last = members.findLast(({ match }) => match.play === "last");
    for (const entry of members) {
      const play = entry.match.play ?? "any";
      if (play === "any" && !group.redacted && bindKey === undefined) return entry;
      const session = this.#session(exchange.session);
      if (play !== "any" && entry !== last && (session.played.get(entry) ?? 0) > 0) continue;
      if (group.redacted && !bind(session.bindings, entry.request, exchange, entry.match.headers)) continue;
      session.played.set(entry, (session.played.get(entry) ?? 0) + 1);
      bindKey?.(session.keys);
      return entry;
    }
    return undefined;
  }

  #partition(group: Group<LibraryEntry>): Partition<LibraryEntry> {
    let partition = this.#partitions.get(group);
    if (partition === undefined) {
      partition = partitionOf(group.members);
      this.#partitions.set(group, partition);
    }
    return partition;
  }

  /** The members that a request's credential chooses. */
  #choice(partition: Partition<LibraryEntry>, { headers, session }: RequestHead): Choice<LibraryEntry> {
    // On the hot path: the bundled library says nothing of credentials.
    if (partition.silent) return { members: partition.unasked };
    const { keys } = this.#sessions.get(session) ?? NEW_SESSION;
    return choose(partition, credentialOf(headers), this.#names, keys);
  }

  #chosen(group: Group<LibraryEntry>, exchange: ExchangeRequest): readonly LibraryEntry[] {
    return this.#choice(this.#partition(group), exchange).members;
  }

  #session(id: string): Session {
    return this.#sessions.getOrMake(id, () => ({
      played: new Map(),
      bindings: newBindings(),
      keys: new Map(),
    }));
  }

  /** The labels that a request was recorded with, if none of them is that of its key. */
  #otherLabels(exchange: ExchangeRequest): readonly string[] | undefined {
    const { form, key } = credentialOf(exchange.headers);
    if (key === undefined) return undefined;
    return this.#find(exchange, (group) => {
      const own = group.members.filter(({ credential }) => credential?.form === form);
      const labels = [...new Set(own.flatMap(({ credential }) => credential?.key ?? []))];
      return labels.length > 0 && this.#chosen(group, exchange).length === 0 ? labels : undefined;
    });
  }

  #missDetail(exchange: ExchangeRequest): string {
    const line = masked(`${exchange.method} ${exchange.target}`);
    // A group that is not used up did not match because of the request's pseudonyms.
    const played = this.#sessions.get(exchange.session)?.played;
    const usedUp = this.#find(exchange, (group) => {
      const members = this.#chosen(group, exchange);
      const used = members.length > 0 && members.every((entry) => played?.has(entry));
      return used && !members.some(playsForEver) ? members : undefined;
    });
    if (usedUp !== undefined) {
      return `${line} has been played ${usedUp.length} times in this session, as often as recorded (last: ${usedUp.at(-1)?.title})`;
    }
    const others = this.#otherLabels(exchange);
    if (others !== undefined) return `${line} ${otherKeysText(others)}`;
    const { sessions } = this.#library;
    if (sessions !== undefined && this.#libraryOf(exchange.session) === this.#nothing)
      return unknownSessionText(exchange.session, sessions);
    const library = this.#libraryOf(exchange.session);
    const nearest = library.nearest(exchange);
    if (nearest === undefined) {
      const operation = exchange.operation?.id ?? "no operation of the OpenAPI";
      return `no cassette has ${masked(`${exchange.method} ${exchange.path}`)} (${operation}); ${library.entries.length} interactions are loaded`;
    }
    const hint = this.takes(exchange)
      ? "; a pseudonym stands for one value within a session, and no two for the same"
      : exchange.json === undefined && exchange.form === undefined && exchange.body.length > 0
        ? "; the body was not read as JSON, check content-type and that it is JSON of no more than 512 levels"
        : "";
    return `no cassette matches ${line}; nearest is ${nearest.item.title}: ${differencesText(nearest.differences)}${hint}`;
  }
}

/** As `Library.find`, with the groups if they are known. */
function findIn<R>(
  library: Library,
  known: readonly Group<LibraryEntry>[] | undefined,
  exchange: ExchangeRequest,
  take: (group: Group<LibraryEntry>) => R | undefined,
): R | undefined {
  if (known === undefined) return library.find(exchange, take);
  for (const group of known) {
    const taken = take(group);
    if (taken !== undefined) return taken;
  }
  return undefined;
}

function keyNamesIn({ entries }: Library, keys: ReadonlyMap<string, string>): KeyNames {
  const labels = new Set(entries.map(({ credential }) => credential?.key));
  return keyNames(keys, (label) => labels.has(label));
}

/** Interactions without those of a key that was refused each time. */
function withoutRefusedKeys(members: readonly LibraryEntry[]): readonly LibraryEntry[] {
  const isKeyed = ({ credential }: LibraryEntry): boolean => credential?.key !== undefined;
  return members.some((one) => isKeyed(one) && !one.refused)
    ? members
    : members.filter((one) => !isKeyed(one));
}

function playsForEver({ match: { play = "any" } }: LibraryEntry): boolean {
  return play === "any" || play === "last";
}
