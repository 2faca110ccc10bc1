import type { Library, LibraryEntry } from "../../cassette/index.ts";
import type { Operation } from "../../openapi/index.ts";
import type { Coverage, OperationCount } from "../model/index.ts";
import type { Observed } from "./model/index.ts";

/**
 * Counts played interactions and requested operations.
 * @param isOwn whether an interaction counts: nobody needs to play the bundled library in full
 */
export function countCoverage(
  exchanges: readonly Observed[],
  library: Library | undefined,
  isOwn: (entry: LibraryEntry) => boolean,
  operations: readonly Operation[],
): Coverage {
  const played = new Set(
    exchanges.flatMap(({ answer: { by } }) => (by.kind === "cassette" ? [by.title] : [])),
  );
  const own = (library?.entries ?? []).filter(isOwn);
  const unplayed = own.filter(({ title }) => !played.has(title)).map(({ title }) => title);
  const counts = new Map<string, number>();
  for (const { operation } of exchanges)
    if (operation !== undefined) counts.set(operation, (counts.get(operation) ?? 0) + 1);
  return {
    interactions: { played: own.length - unplayed.length, all: own.length, unplayed },
    operations: {
      requested: [...counts].map(([operation, requests]) => ({ operation, requests })).toSorted(byRequests),
      all: operations.length,
    },
  };
}

/** Played share in percent; 100 if there is nothing to play. */
export function percentOf({ played, all }: Coverage["interactions"]): number {
  return all === 0 ? 100 : (100 * played) / all;
}

function byRequests(a: OperationCount, b: OperationCount): number {
  return b.requests - a.requests || (a.operation < b.operation ? -1 : 1);
}
