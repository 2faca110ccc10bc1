import { type OglVersion, specOf } from "../../openapi/index.ts";
import type { MatchRequest } from "../format/index.ts";
import type { Group, Matchable } from "../match/index.ts";
import { decodedMatch } from "../scrub/index.ts";
import { LibraryIndex } from "./library-index.ts";
import type { Library, LibraryEntry } from "./library.ts";

/** The parts of a library by which requests find interactions, as plain data for another thread. */
export interface MatchTable {
  readonly ogl: OglVersion;
  /** In the order of the library's entries. */
  readonly items: readonly Matchable[];
}

/** A matching group: the positions of its members in the table. */
export interface TableMatch {
  readonly members: readonly number[];
  readonly redacted: boolean;
}

/** Makes the match table of a library. */
export function matchTableOf({ ogl, entries }: Library): MatchTable {
  return { ogl, items: entries.map(({ request, match, credential }) => ({ request, match, credential })) };
}

/** Indexes a table. @returns a function that finds all groups that match a request, the most specific first */
export function indexTable({ ogl, items }: MatchTable): (request: MatchRequest) => TableMatch[] {
  const index = new LibraryIndex<Matchable>(specOf(ogl));
  const positions = new Map(items.map((item, i) => [item, i]));
  for (const item of items) index.add(item);
  return (request) => {
    const found: TableMatch[] = [];
    index.find(decodedMatch(request), ({ members, redacted }) => {
      found.push({ members: members.map((item) => positions.get(item) ?? 0), redacted });
      return undefined;
    });
    return found;
  };
}

/** The groups of a library that a table's matches stand for. */
export function matchedGroups({ entries }: Library, matches: readonly TableMatch[]): Group<LibraryEntry>[] {
  return matches.map(({ members, redacted }) => ({
    members: members.flatMap((position) => entries[position] ?? []),
    redacted,
  }));
}
