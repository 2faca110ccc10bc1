import { headerValue } from "../wire/index.ts";
import { type Difference, differences, without } from "./compare.ts";
import type { MatchRequest } from "./request.ts";
import { ignoredBy, type Matchable } from "./slots.ts";

export interface Nearest<T extends Matchable> {
  readonly item: T;
  readonly differences: readonly Difference[];
}

/** What comes nearest to a request that nothing takes: same method and path, fewest differences. */
export function nearestOf<T extends Matchable>(
  items: readonly T[],
  request: MatchRequest,
): Nearest<T> | undefined {
  let best: Nearest<T> | undefined;
  for (const item of items) {
    if (item.request.method !== request.method || item.request.path !== request.path) continue;
    const found = [
      ...queryDifferences(item, request),
      ...bodyDifferences(item, request),
      ...headerDifferences(item, request),
    ];
    if (best === undefined || found.length < best.differences.length) best = { item, differences: found };
  }
  return best;
}

function queryDifferences({ request: recorded, match }: Matchable, request: MatchRequest): Difference[] {
  return differences(
    Object.fromEntries(recorded.query),
    Object.fromEntries(request.query),
    match.body === "subset",
  ).map((found) => ({ ...found, pointer: `?${found.pointer.slice(1)}` }));
}

function bodyDifferences({ request: recorded, match }: Matchable, request: MatchRequest): Difference[] {
  const { paths } = ignoredBy(match.ignore ?? []);
  const subset = match.body === "subset";
  const body = comparable(recorded);
  if (subset && body === "") return []; // a body that was not recorded may be anything
  return differences(without(body, paths), without(comparable(request), paths), subset);
}

function headerDifferences({ request: recorded, match }: Matchable, request: MatchRequest): Difference[] {
  return (match.headers ?? [])
    .map((name) => ({
      pointer: `header ${name}`,
      recorded: headerValue(recorded.headers, name),
      got: headerValue(request.headers, name),
    }))
    .filter((found) => found.recorded !== found.got);
}

function comparable({ json, form, body }: MatchRequest): unknown {
  return json ?? form ?? Buffer.from(body).toString("latin1");
}
