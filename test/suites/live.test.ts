/** Clients before a live gateway: here the mock on a socket, which is no other server to them than any gateway. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExchangeRequest } from "../../src/exchange/index.ts";
import { headerValue } from "../../src/http/headers.ts";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { createGateway, listen, parseUpstream } from "../../src/server/index.ts";
import { specOf } from "../../src/openapi/index.ts";
import { LIVE_FORMS } from "../../src/suites/client/live/forms.ts";
import { type LiveGateway, openLiveGateway } from "../../src/suites/client/live/gateway.ts";
import { runScenarios } from "../../src/suites/client/run.ts";
import { json } from "../../src/suites/client/scenarios/scripts.ts";
import { SCENARIOS } from "../../src/suites/client/scenarios/all.ts";
import type { Driver } from "../../src/suites/model/driver.ts";
import { type Verdict, isBad } from "../../src/suites/model/verdict.ts";
import { MUTANTS, type Mutation } from "../mutants/mutants.ts";
import { referenceDriver } from "../mutants/reference.ts";
import { gatetape } from "../support/cli.ts";

const ADAPTER = new URL("../mutants/adapter.ts", import.meta.url).pathname;
const KEY = "sk-live-Kq2Vw7Zt3Rb8Nm5L";
const LIVE = SCENARIOS.filter(({ id }) => id in LIVE_FORMS);

let mock: RunningMock;
let gateway: LiveGateway;
beforeAll(async () => {
  mock = await startMock({
    speed: Infinity,
    world: {
      models: [
        { id: "m", type: "text-generation" },
        { id: "e", type: "text-embeddings-inference", dimension: 4 },
      ],
      keys: [{ key: KEY }],
    },
  });
  gateway = await openLiveGateway({ route: routeTo(mock.url), key: KEY });
});
afterAll(() => mock.close());

const routeTo = (url: string): Parameters<typeof openLiveGateway>[0]["route"] => ({
  target: parseUpstream(url),
  proxy: undefined,
  ca: undefined,
});
const results = (verdicts: readonly Verdict[]): string[] =>
  verdicts.map(({ scenario, result, reason, findings }) =>
    [
      scenario,
      result,
      ...(reason === undefined ? [] : [reason]),
      ...findings.map(({ message }) => message),
    ].join(" "),
  );
const live = (driver: Driver, scenarios = LIVE, upstream = gateway): Promise<Verdict[]> =>
  runScenarios(driver, { scenarios, live: upstream });

describe("a client before a live gateway", () => {
  it("has a form for no other scenarios than those that are there", () => {
    expect(Object.keys(LIVE_FORMS).filter((id) => !SCENARIOS.some((scenario) => scenario.id === id))).toEqual(
      [],
    );
    expect(LIVE.length).toBeGreaterThan(40);
  });

  it("that reads by the book passes all that a good server can show, and never gets the gateway's key", async () => {
    const asked: string[] = [];
    const driver = referenceDriver();
    const run: Driver["run"] = (one, signal) => {
      asked.push(JSON.stringify(one));
      return driver.run(one, signal);
    };
    expect(results(await live({ ...driver, run }))).toEqual(LIVE.map(({ id }) => `${id} pass`));
    expect(asked.length).toBeGreaterThan(LIVE.length - 1);
    expect(asked.filter((one) => one.includes(KEY))).toEqual([]);
  });

  it.each<Mutation>([
    "split-on-lf",
    "comments-are-errors",
    "eof-is-done",
    "error-objects-ignored",
    "detail-not-read",
    "auto-left-out",
    "slashes-doubled",
    "no-retries",
    "key-in-own-header",
  ])("that is broken as %s is told of it, and of nothing else", async (mutation) => {
    const listed = Object.keys(MUTANTS[mutation].changes).filter((id) => id in LIVE_FORMS);
    const others = ["url/base-path-joining", "models/ogl-members", "embeddings/as-asked"];
    const played = LIVE.filter(({ id }) => new Set([...listed, ...others]).has(id));
    const bad = (await live(referenceDriver(mutation), played)).filter(({ result }) => result !== "pass");
    expect(listed.length).toBeGreaterThan(0);
    expect(bad.map(({ scenario }) => scenario).toSorted()).toEqual(listed.toSorted());
  });

  it("is judged by what the gateway sent, whatever that was", async () => {
    const cut: Driver = {
      ...referenceDriver(),
      run: async (run, signal) => {
        const { final, ...rest } = await referenceDriver().run(run, signal);
        return { ...rest, ...(final ? { final: { ...final, text: final.text?.slice(0, -1) ?? null } } : {}) };
      },
    };
    const [verdict] = await live(
      cut,
      LIVE.filter(({ id }) => id === "url/base-path-joining"),
    );
    expect(verdict?.result).toBe("fail");
    expect(verdict?.findings.map(({ check }) => check)).toEqual(["text"]);
  });

  it("is not judged by scenarios that need a script, and is told why", async () => {
    const scripted = SCENARIOS.filter(({ id }) => !(id in LIVE_FORMS));
    const verdicts = await live(referenceDriver(), scripted);
    expect(new Set(verdicts.map(({ result }) => result))).toEqual(new Set(["not-observable"]));
    expect(verdicts.filter((verdict) => isBad(verdict, "tolerated"))).toEqual([]);
    expect(verdicts[0]?.reason).toContain("--upstream");
  });

  it("is no worse for a gateway that refuses: that is inconclusive", async () => {
    await using busy = await refusingGateway(() => "Rate limit exceeded.");
    const other = await openLiveGateway({ route: routeTo(busy.url), key: KEY });
    const verdicts = await live(referenceDriver(), LIVE.slice(0, 3), other);
    expect(verdicts.map(({ result }) => result)).toEqual(["inconclusive", "inconclusive", "inconclusive"]);
    expect(verdicts[0]?.reason).toContain("429");
  });
});

describe("gatetape client --upstream", () => {
  it("chooses the first model of each kind, or the named ones", async () => {
    const options = { route: routeTo(mock.url), key: KEY };
    const named = await openLiveGateway({ ...options, chat: "x", embedding: "y" });
    expect([gateway.chat, gateway.embedding, named.chat, named.embedding]).toEqual(["m", "e", "x", "y"]);
  });

  it("shows the gateway's key nowhere, though the gateway tells it", async () => {
    await using teller = await refusingGateway(
      ({ headers }) => `unknown: ${headerValue(headers, "authorization")}`,
    );
    const { stdout, stderr } = await gatetape(
      [
        "client",
        "--upstream",
        teller.url,
        "--upstream-key-env",
        "LIVE_KEY",
        "--only",
        "url/*",
        "--json",
        "--",
        process.execPath,
        ADAPTER,
      ],
      { env: { LIVE_KEY: KEY } },
    );
    expect(stdout).toContain("unknown: Bearer");
    expect(stdout).toContain('"inconclusive"');
    expect(stdout + stderr).not.toContain(KEY);
  });

  it.each([
    [["--upstream", "http://127.0.0.1:9"], /lists no models: .*\n {2}fix: check --upstream/],
    [["--upstream", "gateway"], /is no http or https URL/],
    [["--model", "m"], /--model is for --upstream/],
    [["--upstream", "http://127.0.0.1:9", "--upstream-key-env", "NO_SUCH_KEY"], /NO_SUCH_KEY/],
  ])("refuses %s", async (options, says) => {
    const { code, stderr } = await gatetape(["client", ...options, "--", "true"]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
  });
});

/** A gateway that lists a model and refuses everything else. */
async function refusingGateway(
  says: (request: ExchangeRequest) => string,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const list = json({ object: "list", data: [{ id: "m", type: "text-generation", object: "model" }] });
  const handler = createGateway({
    spec: specOf("0.4.5"),
    speed: 1,
    sources: [
      {
        answer: (request) => ({
          by: { kind: "reply", from: "scenario", name: "refusing" },
          script: request.target === "/v1/models" ? list : json({ detail: says(request) }, { status: 429 }),
        }),
      },
    ],
  });
  const { url, close } = await listen(handler, { host: "127.0.0.1", port: 0 });
  return { url, [Symbol.asyncDispose]: close };
}
