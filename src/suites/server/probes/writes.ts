/** Probes that write: keys of their own, which are deleted or expire, and collections. Nothing else is touched. */
import {
  type Asker,
  type CreatedKind,
  type Draft,
  type Facts,
  type Members,
  type Probe,
  type ServerExchange,
  type Unfit,
  answeredObject,
  isSuccess,
  madeKey,
  objectsAmong,
} from "../model/index.ts";
import { chatDraft, embeddingDraft } from "./drafts.ts";

/** Number of listed things of a page. */
const PAGE = 100;
/** Life (s) of a key that is to expire. */
const LIFE_S = 2;
/** Time (ms) after which it must have expired, from its creation on. */
const EXPIRED_MS = (LIFE_S + 1) * 1000;

/** Path on which a generation has its users' keys; `undefined` if it has none. */
function keysPath({ spec }: Facts): string | undefined {
  return ["/v1/me/keys", "/v1/keys"].find((path) => spec.operations.find("POST", path) !== undefined);
}

const pathOf: Readonly<Record<CreatedKind, (facts: Facts) => string | undefined>> = {
  key: keysPath,
  collection: ({ spec }) =>
    spec.operations.find("POST", "/v1/collections") === undefined ? undefined : "/v1/collections",
};

/** Uses of a key that must be refused once it is gone. */
function usesOfKey(facts: Facts, key: string, part: string): readonly Draft[] {
  const { chat, embedding } = facts;
  const reads = [
    "/v1/models",
    "/v1/me/info",
    ...(chat === undefined ? [] : [`/v1/models/${encodeURIComponent(chat)}`]),
  ]
    .filter((path) => facts.spec.operations.find("GET", decodeURIComponent(path)) !== undefined)
    .map((target): Draft => ({ method: "GET", target }));
  return [
    ...reads,
    ...(chat === undefined
      ? []
      : [chatDraft(chat, facts.marker), chatDraft(chat, facts.marker, { stream: true })]),
    ...(embedding === undefined ? [] : [embeddingDraft(embedding, facts.marker)]),
  ].map((draft) => ({ ...draft, credential: { key }, part }));
}

const nameOf = (facts: Facts, what: string): string => `gatetape-${facts.marker}-${what}`;

/** Requests that make sure that nothing is left. */
const cleanUp = (target: string): readonly Draft[] => [
  { method: "GET", target: `${target}?limit=${PAGE}&offset=0` },
  { method: "DELETE", target: `${target}/ID` },
];

const keyRequests = (facts: Facts): readonly Draft[] | Unfit => {
  const target = keysPath(facts);
  if (target === undefined) return { unfit: "this generation has no keys of users" };
  const create: Draft = { method: "POST", target, json: { name: nameOf(facts, "key") } };
  return [
    create,
    { method: "GET", target: "/v1/models" },
    { method: "GET", target },
    { method: "DELETE", target: `${target}/ID` },
    ...usesOfKey(facts, "", "deleted"),
    ...cleanUp(target),
  ];
};

/** Probes that write. */
export const WRITE_PROBES: readonly Probe[] = [
  {
    id: "writes.key",
    about: "a key of its own: made, used, listed, deleted, used again",
    consent: "writes",
    requests: keyRequests,
    play: (asker, facts) => {
      const target = keysPath(facts) ?? "";
      return withCreated(asker, facts, "key", nameOf(facts, "key"), async (created, key) => [
        created,
        await asker.ask({ method: "GET", target: "/v1/models", credential: { key }, part: "used" }),
        await asker.ask({ method: "GET", target, part: "listed" }),
        await deleted(asker, facts, "key", nameOf(facts, "key"), answeredObject(created)?.["id"]),
        ...(await inTurn(asker, usesOfKey(facts, key, "gone"))),
      ]);
    },
  },
  {
    id: "writes.expired-key",
    about: `a key of its own that expires after ${LIFE_S} s, used before and after`,
    consent: "writes",
    requests: keyRequests,
    play: (asker, facts) =>
      withCreated(
        asker,
        facts,
        "key",
        nameOf(facts, "expiring"),
        async (created, key) => {
          const before = await asker.ask({
            method: "GET",
            target: "/v1/models",
            credential: { key },
            part: "used",
          });
          await asker.pause(EXPIRED_MS);
          return [created, before, ...(await inTurn(asker, usesOfKey(facts, key, "gone")))];
        },
        { expires: Math.floor(asker.now() / 1000) + LIFE_S },
      ),
  },
  {
    id: "writes.collection",
    about: "a collection of its own: made, read, deleted, read again",
    consent: "writes",
    requests: (facts) => {
      const target = pathOf.collection(facts);
      if (target === undefined) return { unfit: "this generation has no collections" };
      return [
        { method: "POST", target, json: { name: nameOf(facts, "collection") } },
        { method: "GET", target: `${target}/ID` },
        { method: "DELETE", target: `${target}/ID` },
        { method: "GET", target: `${target}/ID` },
        ...cleanUp(target),
      ];
    },
    play: (asker, facts) => {
      const target = pathOf.collection(facts) ?? "";
      return withCreated(asker, facts, "collection", nameOf(facts, "collection"), async (created) => {
        const id = String(answeredObject(created)?.["id"]);
        return [
          created,
          await asker.ask({ method: "GET", target: `${target}/${id}`, part: "read" }),
          await deleted(asker, facts, "collection", nameOf(facts, "collection"), id),
          await asker.ask({ method: "GET", target: `${target}/${id}`, part: "gone" }),
        ];
      });
    },
  },
];

async function inTurn(asker: Asker, drafts: readonly Draft[]): Promise<ServerExchange[]> {
  const exchanges: ServerExchange[] = [];
  for (const draft of drafts) exchanges.push(await asker.ask(draft));
  return exchanges;
}

/** Creates a thing, notes it first, and deletes it whatever happens in between. */
async function withCreated(
  asker: Asker,
  facts: Facts,
  kind: CreatedKind,
  name: string,
  use: (created: ServerExchange, key: string) => Promise<readonly ServerExchange[]>,
  more: Members = {},
): Promise<readonly ServerExchange[]> {
  asker.created.planned(kind, name);
  const target = pathOf[kind](facts) ?? "";
  const created = await asker.ask({ method: "POST", target, json: { name, ...more }, part: "created" });
  const key = kind === "key" ? madeKey(created) : "";
  if (key !== undefined && key !== "") asker.learn(key);
  try {
    return isSuccess(created) && key !== undefined ? await use(created, key) : [created];
  } finally {
    await removeNamed(asker, facts, { kind, name });
  }
}

async function deleted(
  asker: Asker,
  facts: Facts,
  kind: CreatedKind,
  name: string,
  id: unknown,
): Promise<ServerExchange> {
  const exchange = await asker.ask({
    method: "DELETE",
    target: `${pathOf[kind](facts) ?? ""}/${String(id)}`,
    part: "deleted",
  });
  if (isSuccess(exchange)) asker.created.removed(kind, name);
  return exchange;
}

/** Deletes the things of a name, found in the list; returns whether none is left. */
async function removeNamed(
  asker: Asker,
  facts: Facts,
  { kind, name }: { readonly kind: CreatedKind; readonly name: string },
): Promise<boolean> {
  const path = pathOf[kind](facts);
  if (path === undefined || !name.startsWith("gatetape-")) return false;
  for (let offset = 0; ; offset += PAGE) {
    const list = await asker.ask({ method: "GET", target: `${path}?limit=${PAGE}&offset=${offset}` });
    if (!isSuccess(list)) return false;
    const items = objectsAmong(answeredObject(list)?.["data"]);
    const own = items.filter((item) => item["name"] === name);
    for (const { id } of own) {
      const gone = await asker.ask({ method: "DELETE", target: `${path}/${String(id)}` });
      if (!isSuccess(gone)) return false;
    }
    if (own.length > 0 || items.length < PAGE) {
      asker.created.removed(kind, name);
      return true;
    }
  }
}

/** Deletes what earlier runs have left; returns the names that are gone. */
export async function removeLeftovers(
  leftovers: readonly { readonly kind: CreatedKind; readonly name: string }[],
  asker: Asker,
  facts: Facts,
): Promise<string[]> {
  const gone: string[] = [];
  for (const leftover of leftovers) if (await removeNamed(asker, facts, leftover)) gone.push(leftover.name);
  return gone;
}
