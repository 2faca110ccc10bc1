/**
 * The flows of a real OGL 0.4.1 from an empty database on, played in their order over one mock. `PARITY_STATE=list` prints
 * each difference.
 */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import type { Reply } from "../../src/mock/synthesizer/base/respond.ts";
import { converse } from "../support/captures.ts";
import {
  type FlowExchange,
  Keys,
  compareAnswers,
  hitsIn,
  readFlow,
  upstreamText,
  upstreamVector,
} from "../support/flows.ts";

const world = fileURLToPath(new URL("../captures/state/world.json", import.meta.url));
const MASTER = "changeme-test-only";

/** Time of the exchange that is played, in ms. */
let now = 0;
/** What the upstream says to it. */
let said: string | undefined;

/** Time from the client's clock to the database's. */
const SERVER_MS = 15;

let mock: RunningMock;
const keys = new Keys();

const key = (name: string): string => `sk-test-${name}-${"x".repeat(139 - 9 - name.length)}`;

const addDocument = (collection: number): Promise<void> =>
  send(key("alice"), "POST", "/v1/documents", `collection_id=${collection}&name=used`);

async function send(as: string, method: string, path: string, body?: object | string): Promise<void> {
  const isForm = typeof body === "string";
  const text = isForm ? body : body === undefined ? "" : JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    `Authorization: Bearer ${as}`,
    ...(body === undefined
      ? []
      : [
          `Content-Type: ${isForm ? "application/x-www-form-urlencoded" : "application/json"}`,
          `Content-Length: ${Buffer.byteLength(text)}`,
        ]),
  ];
  const { bytes } = await converse(mock.port, keys.put(Buffer.from(`${head.join("\r\n")}\r\n\r\n${text}`)), {
    closes: false,
  });
  expect(bytes.toString("latin1", 9, 12)).toMatch(/^20/);
}

async function configure(settings: object): Promise<void> {
  const response = await fetch(`${mock.url}/__gatetape/world`, {
    method: "PATCH",
    body: JSON.stringify(settings),
  });
  expect(response.status).toBe(200);
}

const limits = (...routers: number[]): object[] =>
  routers.flatMap((router) => ["rpm", "rpd", "tpm", "tpd"].map((type) => ({ router, type, value: null })));
const GIVEN = [1, 2, 3, 15, 16, 17, 18, 19, 20, 21];

async function useUp(count: number, as: string, path: string, body: object): Promise<void> {
  for (let i = 0; i < count; i++) await send(as, "POST", path, body);
}

/** What flows that are not among the captures, and restarts, had done before a flow began. */
const BEFORE: Readonly<Record<string, (first: number) => Promise<void>>> = {
  async collections(first) {
    now = 1_795_761_777_000;
    await configure({ vectorStore: true, vectorModel: "embed-8", parser: true, searchRefresh: 1000 });
    // A gateway reads its own models when it starts: two were tried before the third was right.
    const router = { type: "text-embeddings-inference", cost_prompt_tokens: 0.5 };
    for (const name of ["tried-1", "tried-2"])
      await send(MASTER, "POST", "/v1/admin/routers", { name, ...router });
    await send(MASTER, "DELETE", "/v1/admin/routers/22");
    await send(MASTER, "DELETE", "/v1/admin/routers/23");
    await send(MASTER, "POST", "/v1/admin/routers", { name: "embed-8", ...router });
    const upstream = {
      url: "http://127.0.0.1:5810",
      key: "upstream-key",
      timeout: 5,
      model_name: "hashembed",
    };
    await send(key("root"), "POST", "/v1/admin/providers", { router: 24, type: "vllm", ...upstream });
    for (const role of [1, 2])
      await send(MASTER, "PATCH", `/v1/admin/roles/${role}`, { limits: limits(...GIVEN, 24) });
    now = first - 500;
    await send(key("alice"), "POST", "/v1/collections", { name: "left over" });
  },
  async search2() {
    await useUp(4, key("alice"), "/v1/collections", { name: "cascade" });
    for (let i = 0; i < 4; i++) await addDocument(14);
    for (const id of [14, 15, 16, 17]) await send(key("alice"), "DELETE", `/v1/collections/${id}`);
  },
  async storedown() {
    now = 1_795_762_130_000;
    await send(key("alice"), "POST", "/v1/collections", { name: "search budget" });
    for (let i = 0; i < 2; i++) await addDocument(20);
    await send(key("alice"), "DELETE", "/v1/collections/20");
    await configure({ vectorStore: "down" });
  },
};

const ORDER = [
  "setup",
  "keys",
  "me",
  "auth",
  "admin-roles",
  "admin-organizations",
  "admin-users",
  "admin-tokens",
  "admin-routers",
  "admin-providers",
  "effects",
  "usage",
  "nostore",
  "audio",
  "ocr",
  "collections",
  "documents",
  "chunks",
  "search",
  "chatsearch",
  "parse",
  "health",
  "search2",
  "vectorlimits",
  "storedown",
];

interface Result {
  readonly name: string;
  readonly own: readonly string[];
  readonly others: readonly string[];
  /** Whether the same chunks were found, in the same order; absent where none were. */
  readonly hits: "same" | "others" | undefined;
}

async function play({ name, at, request, response, closes }: FlowExchange): Promise<Result> {
  now = at * 1000 + SERVER_MS;
  said = upstreamText(response);
  const answered = await converse(mock.port, keys.put(request), { closes });
  keys.learn(response, answered.bytes);
  const { own, others } = compareAnswers(request, response, answered.bytes);
  const closed = answered.closed === closes ? [] : [`closes: ${closes} <> ${answered.closed}`];
  const found = request.subarray(0, 5).toString() === "POST " ? hitsIn(response)?.join() : undefined;
  const hits = found === undefined ? undefined : found === hitsIn(answered.bytes)?.join() ? "same" : "others";
  return { name, own: [...own, ...closed], others, hits };
}

/** Vectors by the upstream of the flows, which makes none of two words. */
function upstreamVectors({ input }: Readonly<Record<string, unknown>>): Reply | undefined {
  const text = JSON.stringify(input);
  if (text.includes("FAILEMBED")) return { error: { status: 500, message: "Internal server error" } };
  if (!text.includes("BIGEMBED"))
    return {
      embeddings: (Array.isArray(input) ? input : [input]).map((each) => upstreamVector(String(each))),
    };
  const message = "This model's maximum context length is 512 tokens. However, you requested 600 tokens.";
  return { error: { status: 400, message } };
}

const REFRESH = "the engine refreshed later than its period";
const UPSTREAM = "the upstream refused";
const LATER =
  "a use is recorded later than its answer: the list lacks that of chatsearch-21, which parse-20 shows";
const TOKENS = "the upstream cut its stream elsewhere";

/** Differences that are left, with the reason. */
const KNOWN: Readonly<Record<string, string>> = {
  "admin-roles-38": "the order of equal times after a join",
  "chatsearch-23": LATER,
  "ocr-18": UPSTREAM,
  "parse-04": UPSTREAM,
  "search2-26": TOKENS,
  "vectorlimits-34": REFRESH,
  "vectorlimits-37": REFRESH,
};

/** Searches of chunks that the real engine did not show yet. */
const REFRESHED_LATER = [11, 12, 19, 21, 23].map((n) => `vectorlimits-${n}`);

const idOf = (name: string): string => /^.*?-\d+(?=-)/.exec(name)?.[0] ?? name;

describe("flows of a real 0.4.1 from an empty database on", () => {
  const counts = { exact: 0, upstream: 0, all: 0 };
  const left: string[] = [];
  const ranked = { same: 0, others: [] as string[] };
  beforeAll(async () => {
    mock = await startMock({
      world,
      cassettes: [],
      speed: Infinity,
      now: () => now,
      maxBody: 32 * 1024 * 1024, // uploads of a little more than OGL takes
      respond: ({ operation, model, body }) =>
        operation.startsWith("chat") ? said : model === "embed-8" ? upstreamVectors(body) : undefined,
    });
  });
  afterAll(() => mock.close());

  it.each(ORDER)("%s", { timeout: 120_000 }, async (flow) => {
    const exchanges = readFlow(flow);
    await BEFORE[flow]?.((exchanges[0]?.at ?? 0) * 1000);
    const played: Result[] = [];
    for (const exchange of exchanges) played.push(await play(exchange));
    const wrong = played.filter(({ own }) => own.length > 0);
    const byOthers = played.filter(({ own, others }) => own.length === 0 && others.length > 0);
    counts.all += played.length;
    counts.exact += played.length - wrong.length;
    counts.upstream += byOthers.length;
    left.push(...wrong.map(({ name }) => idOf(name)));
    for (const { name, hits } of played) {
      if (hits === "same") ranked.same++;
      if (hits === "others") ranked.others.push(idOf(name));
    }
    console.log(
      `${flow}: ${played.length - wrong.length}/${played.length}, of which ${byOthers.length} but for what an upstream or the store's ranking decides`,
    );
    if (process.env["PARITY_STATE"] === "list")
      for (const { name, own } of wrong) console.log(`  ${name}\n    ${own.join("\n    ")}`);
    const unknown = wrong.filter(({ name }) => !(idOf(name) in KNOWN));
    expect(unknown.map(({ name, own }) => `${name}: ${own.join("; ")}`)).toEqual([]);
  });

  it("finds the chunks in the order of the real engine", () => {
    console.log(
      `hits: ${ranked.same} in the same order, ${ranked.others.length} in another: ${ranked.others}`,
    );
    expect(ranked.others).toEqual(REFRESHED_LATER);
  });

  it("leaves no more than what is listed", () => {
    const reasons = new Map<string, number>();
    for (const name of left) reasons.set(KNOWN[name] ?? "", (reasons.get(KNOWN[name] ?? "") ?? 0) + 1);
    console.log(
      `flows: ${counts.exact} of ${counts.all} exact, of which ${counts.upstream} but for what an upstream or the store's ranking decides; left: ${[...reasons].map(([reason, n]) => `${n} ${reason}`).join(", ")}`,
    );
    expect(counts.all).toBe(1358);
    expect(left.toSorted()).toEqual(Object.keys(KNOWN).toSorted());
  });
});
