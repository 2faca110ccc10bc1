/**
 * A client that is wrong on the wire fails for that reason and no other: each mutant lists beforehand the checks whose
 * verdict it changes, exactly those. The same client without a mutation changes none under the same options.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { specOf } from "../../../src/openapi/validate/validators.ts";
import { TRAFFIC_CHECKS, judgeTraffic } from "../../../src/suites/traffic/judge.ts";
import { observe } from "../../../src/suites/traffic/model/traffic.ts";
import { journalTraffic, keysOf } from "../../../src/suites/traffic/saved.ts";
import { scaledCases } from "../../support/scaled.ts";
import { type GateRun, gateRun } from "./gate-run.ts";
import { MUTATIONS, type Mutation } from "./mutations.ts";

interface Expected {
  /** The checks that are changed, and to what. */
  readonly changes: Readonly<Record<string, string>>;
  readonly code: number;
  /** Options of the gate that are needed to see it. */
  readonly flags?: readonly string[];
}

const fails = (check: string, ...flags: string[]): Expected => ({
  changes: { [check]: "fail" },
  code: 1,
  flags,
});
const warns = (check: string, ...flags: string[]): Expected => ({
  changes: { [check]: "warn" },
  code: 0,
  flags,
});
const tolerates = (check: string, ...flags: string[]): Expected => ({
  changes: { [check]: "tolerated" },
  code: 0,
  flags,
});

/** Without a key that OGL reads every POST is refused, too. */
const REFUSED: Expected = { changes: { "command/answered": "warn", "auth/header": "fail" }, code: 1 };
const BROKE = "@broke.json";
const BUSY = ["--fault", "chat.create=status:code=503"];
const EXPECTED: Readonly<Record<Mutation, Expected>> = {
  "double-slash": fails("path/joining"),
  "two-v1": fails("path/joining"),
  "no-v1": fails("path/joining"),
  prefix: fails("path/joining"),
  dots: fails("path/joining"),
  capitals: fails("path/joining"),
  "trailing-slash": warns("path/trailing-slash"),
  "unknown-path": fails("path/unknown"),
  put: fails("path/unknown"),
  "no-key": REFUSED,
  "x-api-key": REFUSED,
  "lower-scheme": REFUSED,
  basic: REFUSED,
  "bare-key": REFUSED,
  "key-in-url": fails("auth/key-in-url"),
  "key-as-token": fails("auth/key-in-url"),
  "text-plain": fails("request/content-type"),
  form: fails("request/content-type"),
  "half-json": fails("request/json"),
  "no-body": fails("request/json"),
  "wrong-type": fails("request/schema"),
  "no-messages": fails("request/schema"),
  "unknown-model": warns("request/model"),
  "only-unknown-models": {
    changes: { "command/answered": "warn", "request/model": "warn" },
    code: 0,
  },
  "only-lists": warns("command/post"),
  "tools-without-choice": warns("ogl/tool-choice"),
  "base64-embeddings": warns("ogl/encoding-format"),
  "stream-options": warns("request/stream-options"),
  "param-dropped": fails("request/params", "--param", "temperature=0.2"),
  "sent-twice": fails(
    "post/duplicate",
    "--fault",
    "chat.create=latency:ms=4000",
    "--level",
    "post/repeated=off",
  ),
  "same-idempotency-key": fails("post/duplicate", "--fault", "chat.create=latency:ms=4000"),
  "asked-twice": fails("post/repeated", "--level", "post/repeated=must"),
  "retry-refused": fails("retry/refused", "--world", BROKE),
  "retry-404": { changes: { "request/model": "warn", "retry/refused": "fail" }, code: 1 },
  "retry-early": warns("retry/early", "--fault", "chat.create#1=status:code=503,retry-after=4"),
  "retry-for-ever": fails("retry/bounded", ...BUSY),
  replay: fails("retry/mid-stream", "--fault", "chat.stream=reset@3"),
  "gives-up-and-repeats": warns("post/abandoned", "--fault", "chat.create#1=latency:ms=5000"),
  burst: fails("rate/max-rps", "--max-rps", "8"),
  silent: fails("command/traffic"),
  "exits-7": fails("command/exit"),
  hangs: { changes: { "command/ends": "hang" }, code: 1, flags: ["--deadline", "10"] },
  "prints-nothing": fails("command/output", "--expect-stdout-token"),
  "leaves-open": tolerates("stream/left-open", "--fault", "chat.stream#2=stall@2"),
  "leaves-child": tolerates("command/children"),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatetape-gate-"));
  const world = {
    ogl: "0.4.5",
    models: [
      { id: "qwen3-coder", type: "text-generation", costs: { prompt_tokens: 1, completion_tokens: 1 } },
      { id: "nomic-embed-text", type: "text-embeddings-inference", dimension: 4 },
    ],
    keys: [{ key: "sk-broke", budget: 0 }],
  };
  writeFileSync(join(folder, "broke.json"), JSON.stringify(world));
});
afterAll(() => rmSync(folder, { recursive: true }));

const CLIENT = join(import.meta.dirname, "wire-client.ts");
const run = (mutation: string | undefined, flags: readonly string[]): Promise<GateRun> =>
  gateRun(
    flags.map((flag) => (flag === BROKE ? join(folder, "broke.json") : flag)),
    [process.execPath, CLIENT, ...(mutation === undefined ? [] : [mutation])],
  );

/** Verdicts that say that something was seen, and was not right. */
function wrongOf({ verdicts }: GateRun): Record<string, string> {
  const good = new Set(["pass", "not-observable", "skipped"]);
  return Object.fromEntries(
    verdicts.filter(({ result }) => !good.has(result)).map(({ scenario, result }) => [scenario, result]),
  );
}

/** What a journal is enough for: it knows no command, and not what was asked for by flags. */
const isKept = (id: string): boolean =>
  /^(?:path|auth|request|ogl|post|retry)\//.test(id) && id !== "request/params";

/** The checks that find something in what was saved. */
function foundIn(journal: string): string[] {
  if (!existsSync(journal)) return [];
  const { traces } = journalTraffic(journal, readFileSync(journal, "utf8"));
  const traffic = { exchanges: observe(traces), timed: true, keys: keysOf(traces) };
  return judgeTraffic(traffic, { subject: "x", spec: specOf("0.4.5"), maxAttempts: 10, params: [] })
    .filter(({ verdict }) => verdict.findings.length > 0 && isKept(verdict.scenario))
    .map(({ verdict }) => verdict.scenario);
}

/** The group of the check that a mutant changes first: each has its checks in one file. */
const areaOf = (mutation: Mutation): string =>
  Object.keys(EXPECTED[mutation].changes)[0]?.split("/")[0] ?? "";

describe.concurrent("a client that is wrong on the wire", () => {
  it.each(scaledCases(MUTATIONS, areaOf))("by %s fails for that reason and no other", async (mutation) => {
    const { changes, code, flags = [] } = EXPECTED[mutation];
    const journal = join(folder, `${mutation}.ndjson`);
    const ran = await run(mutation, [...flags, "--journal", journal]);
    expect({ wrong: wrongOf(ran), code: ran.code }).toEqual({ wrong: changes, code });
    expect(foundIn(journal)).toEqual(Object.keys(changes).filter(isKept));
  });

  const settings = [...new Set(Object.values(EXPECTED).map(({ flags = [] }) => JSON.stringify(flags)))];
  it.each(scaledCases(settings))("passes under %s where nothing is wrong", async (setting) => {
    const ran = await run(undefined, JSON.parse(setting) as string[]);
    expect({ wrong: wrongOf(ran), code: ran.code, requests: ran.requests > 0 }).toEqual({
      wrong: {},
      code: 0,
      requests: true,
    });
  });
});

it("each check but those with tests of their own is changed by a mutant", () => {
  const changed = new Set(Object.values(EXPECTED).flatMap(({ changes }) => Object.keys(changes)));
  const others = TRAFFIC_CHECKS.map(({ id }) => id).filter((id) => !changed.has(id));
  expect(others).toEqual(["cassette/miss", "answer/openapi"]);
});
