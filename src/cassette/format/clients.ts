import { credentialHeader } from "../../secrets/index.ts";
import { defined } from "../../util/index.ts";
import type { Cassette, ClientHeaders, Interaction, MatchRule } from "./types.ts";

type Headers = readonly (readonly [string, string])[];

/** Names of headers that stay with their interaction: their values say something about it. */
const OWN = new Set(["content-type", "content-encoding", "content-length", "expect"]);
/** A header with more values in one cassette is no mark of a client: it stays with its interactions. */
const MAX_VALUES = 4;
/** A list of headers that fewer interactions have stays with them. */
const MIN_USES = 2;

/**
 * Moves the request headers that are never matched into lists of the cassette, one for each client, so that a new version of a client
 * changes its list alone. The inverse of `withoutClients`.
 */
export function withClients(cassette: Cassette): Cassette {
  if (cassette.clients !== undefined) return cassette;
  const { interactions } = cassette;
  const varied = variedNames(interactions);
  const lists = interactions.map(({ request, match }): ClientHeaders =>
    (request.headers ?? []).map(([name, value]): ClientHeaders[number] =>
      isOwnHeader(name, match) || varied.has(name.toLowerCase()) ? [name, null] : [name, value],
    ),
  );
  const known = new Map(lists.map((list) => [JSON.stringify(list), list]));
  // The longest first: that of a request with a body is also that of one without.
  const candidates = [...known.values()].filter(hasFixed).toSorted((a, b) => b.length - a.length);
  const chosen = interactions.map((interaction) => candidates.find((list) => isClientOf(list, interaction)));
  const uses = Map.groupBy(chosen, (list) => list);
  const kept = [...new Set(chosen)].filter(
    (list): list is ClientHeaders => list !== undefined && (uses.get(list)?.length ?? 0) >= MIN_USES,
  );
  if (kept.length === 0) return cassette;
  return {
    ...cassette,
    clients: kept,
    interactions: interactions.map((interaction, i) => {
      const list = chosen[i];
      const client = list === undefined ? 0 : kept.indexOf(list) + 1;
      if (list === undefined || client === 0) return interaction;
      const { headers: _, ...request } = interaction.request;
      const headers = ownHeaders(list, interaction);
      return { ...interaction, request: { ...request, client, ...(headers.length > 0 ? { headers } : {}) } };
    }),
  };
}

/** Gives each request of a cassette all of its headers. */
export function withoutClients({ clients, ...cassette }: Cassette): Cassette {
  if (clients === undefined) return cassette;
  return {
    ...cassette,
    interactions: cassette.interactions.map((interaction) => {
      const { client, headers = [], method, target, http, ...rest } = interaction.request;
      const list = client === undefined ? undefined : clients[client - 1];
      return list === undefined
        ? interaction
        : {
            ...interaction,
            request: { method, target, ...defined({ http }), headers: allHeaders(list, headers), ...rest },
          };
    }),
  };
}

/** The first interaction whose client is not listed in the cassette, by its index. */
export function unknownClient({ clients = [], interactions }: Cassette): number | undefined {
  const index = interactions.findIndex(
    ({ request: { client } }) => client !== undefined && clients[client - 1] === undefined,
  );
  return index === -1 ? undefined : index;
}

/** The headers of a request: those of its client, with its own ones where the list has `null`, and the rest of its own at the end. */
function allHeaders(list: ClientHeaders, own: Headers): Headers {
  const left = [...own];
  const headers = list.flatMap(([name, value]): Headers => {
    if (value !== null) return [[name, value]];
    const at = left.findIndex(([key]) => key === name);
    return at === -1 ? [] : left.splice(at, 1);
  });
  return [...headers, ...left];
}

/** The headers of a request that a client's list does not have. */
function ownHeaders(list: ClientHeaders, { request }: Interaction): Headers {
  const fixed = list.filter(([, value]) => value !== null).map((pair) => JSON.stringify(pair));
  return (request.headers ?? []).filter((pair) => {
    const at = fixed.indexOf(JSON.stringify(pair));
    if (at !== -1) fixed.splice(at, 1);
    return at === -1;
  });
}

/** True if a request's headers are exactly those that a client's list and its own ones make. */
function isClientOf(list: ClientHeaders, interaction: Interaction): boolean {
  const own = ownHeaders(list, interaction);
  const { request, match } = interaction;
  const matched = list.some(([name, value]) => value !== null && isOwnHeader(name, match));
  return !matched && JSON.stringify(allHeaders(list, own)) === JSON.stringify(request.headers ?? []);
}

function hasFixed(list: ClientHeaders): boolean {
  return list.some(([, value]) => value !== null);
}

function isOwnHeader(name: string, match: MatchRule | undefined): boolean {
  const lower = name.toLowerCase();
  return (
    OWN.has(lower) ||
    credentialHeader(name) !== undefined ||
    (match?.headers?.some((matched) => matched.toLowerCase() === lower) ?? false)
  );
}

/** Names of headers with many values, like ids of requests. */
function variedNames(interactions: readonly Interaction[]): ReadonlySet<string> {
  const values = new Map<string, Set<string>>();
  for (const { request } of interactions)
    for (const [name, value] of request.headers ?? []) {
      const lower = name.toLowerCase();
      values.set(lower, (values.get(lower) ?? new Set()).add(value));
    }
  return new Set([...values].filter(([, all]) => all.size > MAX_VALUES).map(([name]) => name));
}
