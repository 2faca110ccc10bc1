import { createHash } from "node:crypto";
import { defined } from "../../util/index.ts";
import {
  type BodyElement,
  type Cassette,
  type CassetteResponse,
  type Interaction,
  type MatchRequest,
  type MatchRule,
  matchRequestOf,
} from "../format/index.ts";
import { MatchIndex, type Matchable, credentialKey, credentialOf, exactKey } from "../match/index.ts";
import type { LogEntry, RecordingLog } from "./log.ts";

interface Known extends Matchable {
  readonly index: number;
}

/** The cassette's interactions and the log's entries for one request. */
interface RequestGroup {
  /** Indexes of the cassette's interactions, in order. */
  readonly locations: readonly number[];
  readonly entries: LogEntry[];
}

/** Finds the interactions of a cassette for a request, exact matches first, as the mock does. */
export class KnownRequests {
  readonly #index = new MatchIndex<Known>();

  constructor(interactions: readonly Interaction[]) {
    for (const [index, { request, match = {} }] of interactions.entries())
      this.#index.add({ index, request: matchRequestOf(request), match });
  }

  /** Indexes of the interactions that match the request and its credential; empty if there are none. */
  find(request: MatchRequest): readonly number[] {
    const key = exactKey(request);
    const credential = requestCredential(request);
    const found = this.#index.find(request, ({ members, redacted }) => {
      // A redacted pattern matches too much: the pseudonyms must be the same.
      const same = members.filter(
        (one) =>
          (!redacted || exactKey(one.request) === key) && requestCredential(one.request) === credential,
      );
      return same.length > 0 ? same.map(({ index }) => index) : undefined;
    });
    return found ?? [];
  }

  /** Like `find`, but by redacted pattern alone if the recorded request contains pseudonyms. */
  findAlike(request: MatchRequest): readonly number[] {
    return this.#index.find(request, ({ members }) => members.map(({ index }) => index)) ?? [];
  }
}

function requestCredential({ headers }: MatchRequest): string {
  return credentialKey(credentialOf(headers));
}

/**
 * Merges a recording log into a cassette. Existing interactions keep their position, name and rule of matching; new ones
 * come after them. Merging twice gives the same.
 */
export function mergeLog(cassette: Cassette | undefined, { about, plan, entries }: RecordingLog): Cassette {
  const old = cassette?.interactions ?? [];
  const groups = requestGroups(old, entries);
  const names = new Names(old.map(({ name }) => name));
  /** Interactions by the index in the cassette that they replace or follow. */
  const located = new Map<number, Interaction[]>();
  const gone = new Set<number>();
  const added: { readonly id: number; readonly interaction: Interaction }[] = [];
  for (const { locations, entries: group } of groups) {
    const before = locations.map((location) => old[location] as Interaction);
    const after = regroup(before, group, plan, names);
    for (const location of locations) gone.add(location);
    const first = locations[0];
    if (first === undefined)
      for (const [i, interaction] of after.entries()) added.push({ id: group[i]?.id ?? 0, interaction });
    else {
      // Each keeps its position; additional ones follow the last.
      for (const [i, interaction] of after.entries()) {
        const location = locations[Math.min(i, locations.length - 1)] as number;
        located.set(location, [...(located.get(location) ?? []), interaction]);
      }
    }
  }
  const interactions = [
    ...old.flatMap((interaction, i) => located.get(i) ?? (gone.has(i) ? [] : [interaction])),
    // In the order of the requests.
    ...added.toSorted((a, b) => a.id - b.id).map(({ interaction }) => interaction),
  ];
  const sanitized = [
    ...new Set([...(cassette?.about.sanitized ?? []), ...entries.flatMap((entry) => entry.sanitized ?? [])]),
  ];
  return {
    cassette: 1,
    about: {
      ...cassette?.about,
      ...about,
      title: cassette?.about.title ?? about.title,
      ...(sanitized.length > 0 ? { sanitized: sanitized.toSorted() } : {}),
    },
    interactions,
  };
}

function requestGroups(old: readonly Interaction[], entries: readonly LogEntry[]): RequestGroup[] {
  const known = new KnownRequests(old);
  const groups = new Map<string, RequestGroup>();
  for (const entry of entries) {
    const request = matchRequestOf(entry.interaction.request);
    const locations = known.find(request);
    const key =
      locations.length > 0 ? `places ${locations.join()}` : requestCredential(request) + exactKey(request);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { locations, entries: [entry] });
    else group.entries.push(entry);
  }
  return [...groups.values()];
}

/** The merged interactions of one request, in the order in which they play. */
function regroup(
  before: readonly Interaction[],
  entries: readonly LogEntry[],
  plan: RecordingLog["plan"],
  names: Names,
): Interaction[] {
  const matchKeys: (Interaction | undefined)[] = plan.how === "replace" ? [] : [...before];
  const base = before.findIndex(({ name }) => name === plan.only);
  for (const [n, { interaction, base: had }] of entries.entries()) {
    const at = plan.how === "replace" ? n : plan.how === "add" ? had + n : Math.max(0, base);
    matchKeys[at] = interaction;
  }
  let fresh = matchKeys.filter((one) => one !== undefined);
  if (fresh.length > 1 && fresh.every((one) => sameAnswer(one.response, fresh[0]?.response)))
    fresh = fresh.slice(0, 1);
  const several = before.some(({ match }) => match?.play === "last") ? "last" : "sequence";
  return fresh.map((one, i) => {
    const was = before[i];
    const kept = was === undefined ? one : keptOf(was, one, plan.keepWaits ?? false);
    const name = was?.name ?? names.free(kept.name);
    return withPlay({ ...kept, name }, fresh.length > 1 ? several : undefined);
  });
}

/** A repeated interaction: the cassette's own name, rule and, if still right, waits and reasons of waivers. */
function keptOf(was: Interaction, now: Interaction, keepWaits: boolean): Interaction {
  const same = sameAnswer(was.response, now.response);
  const generalised = was.match?.body === "subset" || (was.match?.ignore?.length ?? 0) > 0;
  const response = keepWaits ? (same ? was.response : withWaitsOf(was.response, now.response)) : now.response;
  const reasons = new Map(was.waivers?.map((waiver) => [waiver.pointer, waiver]));
  const waivers = now.waivers?.map((waiver) => reasons.get(waiver.pointer) ?? waiver);
  return {
    name: was.name,
    request: generalised ? was.request : now.request,
    ...(was.match ? { match: was.match } : {}),
    response,
    ...(waivers ? { waivers } : {}),
  };
}

/** Sets the rule of playing: several interactions play in sequence; a single one as before, or for ever. */
function withPlay(interaction: Interaction, several: "sequence" | "last" | undefined): Interaction {
  const { match, ...rest } = interaction;
  const { play, ...others } = match ?? {};
  const single = play === undefined || play === "sequence" ? others : { ...others, play };
  const rule: MatchRule = several === undefined ? single : { ...others, play: several };
  return Object.keys(rule).length === 0 ? rest : { ...rest, match: rule };
}

/** Hash that is equal for interactions with the same request and, but for its times, the same answer. */
export function contentHash({ request, response }: Interaction): string {
  const { body = [], ...rest } = response;
  const hash = createHash("sha256").update(JSON.stringify([request, withoutWaits(rest), body.length]));
  // One after the other: a body may have megabytes.
  for (const element of body) hash.update(JSON.stringify(withoutWait(element)));
  return hash.digest("base64");
}

/** True if two answers are the same but for their times. */
function sameAnswer(a: CassetteResponse | undefined, b: CassetteResponse | undefined): boolean {
  return JSON.stringify(withoutWaits(a)) === JSON.stringify(withoutWaits(b));
}

function withoutWaits(response: CassetteResponse | undefined): unknown {
  if (response === undefined) return undefined;
  const { wait: _, body, end, ...rest } = response;
  // A write begins where an element has a wait at all.
  return {
    ...rest,
    body: body?.map(withoutWait),
    end: end?.how,
  };
}

function withoutWait(element: BodyElement): BodyElement {
  return element.wait === undefined ? element : { ...element, wait: 0 };
}

/** The new answer with the old waits, if both have as many writes. */
function withWaitsOf(was: CassetteResponse, now: CassetteResponse): CassetteResponse {
  const waits = (was.body ?? []).flatMap(({ wait }) => (wait === undefined ? [] : [wait]));
  const writes = (now.body ?? []).filter(({ wait }) => wait !== undefined);
  if (waits.length !== writes.length) return now;
  let next = 0;
  return {
    ...now,
    ...defined({ wait: was.wait }),
    ...(now.body
      ? {
          body: now.body.map((element) =>
            element.wait === undefined ? element : { ...element, wait: waits[next++] as number },
          ),
        }
      : {}),
    ...(now.end
      ? { end: { ...now.end, ...(was.end?.wait === undefined ? {} : { wait: was.end.wait }) } }
      : {}),
  };
}

/** Names that are taken. */
class Names {
  readonly #taken: Set<string>;
  /** The highest number given to each name: thousands of exchanges may have one name. */
  readonly #numbers = new Map<string, number>();

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  /** Takes a name, with a number where it is taken already. */
  free(name: string): string {
    let free = name;
    let n = this.#numbers.get(name) ?? 1;
    while (this.#taken.has(free)) free = `${name} #${++n}`;
    this.#numbers.set(name, n);
    this.#taken.add(free);
    return free;
  }
}
