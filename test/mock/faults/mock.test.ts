import * as net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { AnsweredBy } from "../../../src/exchange/answered-by.ts";
import type { Trace } from "../../../src/exchange/exchange.ts";
import { FaultError } from "../../../src/mock/faults/model/fault-error.ts";
import { type MockOptions, type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { gatetape, ready, serve } from "../../support/cli.ts";

const mocks: RunningMock[] = [];
afterEach(() => Promise.all(mocks.splice(0).map((mock) => mock.close())));

function start(...faults: string[]): Promise<RunningMock> {
  return startWith({ faults });
}
async function startWith(options: MockOptions): Promise<RunningMock> {
  const mock = await startMock({ speed: Infinity, ...options });
  mocks.push(mock);
  return mock;
}

const QUESTION = {
  model: "qwen3-coder",
  messages: [{ role: "user", content: "Quelle est la capitale de la France ?" }],
};
const HEADERS = { authorization: "Bearer sk-a", "content-type": "application/json" };

/** The status and the body, or that it broke off, of a chat. */
async function chat(
  mock: RunningMock,
  {
    session,
    stream = true,
    headers = {},
  }: { session?: string; stream?: boolean; headers?: Record<string, string> } = {},
): Promise<string> {
  const body = JSON.stringify({ ...QUESTION, ...(stream ? { stream } : {}) });
  try {
    const response = await fetch(`${mock.baseUrl(session)}/chat/completions`, {
      method: "POST",
      headers: { ...HEADERS, ...headers },
      body,
    });
    const text = await response.text();
    return `${response.status} ${text.endsWith("data: [DONE]\n\n") ? "whole" : text.slice(0, 60)}`;
  } catch {
    return "broken";
  }
}
async function models(mock: RunningMock, session?: string): Promise<number> {
  const response = await fetch(`${mock.baseUrl(session)}/models`, { headers: HEADERS });
  await response.arrayBuffer();
  return response.status;
}
const times = async <T>(n: number, act: () => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let i = 0; i < n; i++) results.push(await act());
  return results;
};
interface Line {
  readonly answer: { readonly by: AnsweredBy; readonly status: number | null; readonly faults?: unknown };
  readonly delivered: { readonly ended: string };
}
/** The journal once it has so many lines: an exchange is over later than the client's part of it. */
async function journal(mock: RunningMock, lines: number): Promise<Line[]> {
  const read = (): Line[] => [...mock.journal.lines()].map((line) => JSON.parse(line) as Line);
  await new Promise<void>((resolve) => {
    const check = (): void => {
      if (read().length >= lines) resolve();
    };
    mock.journal.subscribe(check);
    check();
  });
  return read();
}

describe("a mock with faults", () => {
  it("gives them to the operation that is named, and no other", async () => {
    const mock = await start("chat.stream=missing-done", "models.*=status:code=500");
    expect(await chat(mock)).toMatch(/^200 data:/);
    expect(await chat(mock, { stream: false })).toMatch(/^200 \{"id"/);
    expect(await models(mock)).toBe(500);
    expect((await journal(mock, 3)).map(({ answer }) => answer.faults)).toEqual([
      [{ fault: "missing-done", applied: true }],
      undefined,
      [{ fault: "status:code=500", applied: true }],
    ]);
  });

  it("composes them in their order, those for all before those of a session", async () => {
    const mock = await start("*=status:code=500");
    mock.faults.set(["*=status:code=501"], "s1");
    expect([await models(mock), await models(mock, "s1")]).toEqual([500, 501]);
    mock.faults.set(["*=status:code=502"]);
    expect([await models(mock), await models(mock, "s1")]).toEqual([502, 501]);
  });

  it("says in the journal and to onTrace what became of each", async () => {
    const traces: Trace[] = [];
    const mock = await startWith({
      faults: ["chat.stream=reset@99 + reset@1"],
      onTrace: (trace) => traces.push(trace),
    });
    expect(await chat(mock)).toBe("broken");
    const [line] = await journal(mock, 1);
    expect(line?.answer).toMatchObject({
      by: { kind: "cassette", title: expect.stringContaining("capital of France") as string },
      faults: [
        { fault: "reset@99", applied: false },
        { fault: "reset@1", applied: true },
      ],
    });
    expect(line?.delivered.ended).toBe("reset");
    expect(traces[0]?.answer.faults).toEqual(line?.answer.faults);
  });

  it("says nothing of faults where there is none", async () => {
    const mock = await start();
    await models(mock);
    expect((await journal(mock, 1))[0]?.answer).not.toHaveProperty("faults");
  });

  it("spoils what the mock itself answers, too", async () => {
    const mock = await start("*=ogl-unavailable");
    const response = await fetch(`${mock.url}/v1/nothing`);
    expect([response.status, await response.json()]).toEqual([
      503,
      { detail: "Model is temporarily unavailable, please try again later." },
    ]);
  });

  it("counts requests in each session", async () => {
    const mock = await start("models.list#2-3=status:code=429", "s2/models.list=status:code=404");
    expect(await times(5, () => models(mock))).toEqual([200, 429, 429, 200, 200]);
    expect(await times(3, () => models(mock, "s1"))).toEqual([200, 429, 429]);
    expect(await times(2, () => models(mock, "s2"))).toEqual([404, 404]);
    mock.resetSession("s1");
    expect(await times(2, () => models(mock, "s1"))).toEqual([200, 429]);
    expect(mock.faults.list.map(({ fitted, given }) => [fitted, given])).toEqual([
      [12, 6],
      [2, 2],
    ]);
  });

  it("forgets ;next once a request fitted it", async () => {
    const mock = await start("models.list=status:code=500;next", "models.list=status:code=501;next");
    expect(await chat(mock)).toBe("200 whole");
    expect(await times(2, () => models(mock))).toEqual([501, 200]);
    expect(mock.faults.list).toEqual([]);
  });

  it("is as likely as told, the same for the same seed, whatever else is asked", async () => {
    const run = async (faultSeed: number, noise: boolean): Promise<number[]> => {
      const mock = await startWith({ faults: ["models.list=status:code=500~30%"], faultSeed });
      return times(60, async () => {
        if (noise) await models(mock, "other");
        return models(mock);
      });
    };
    const [first, again, other] = [await run(1, false), await run(1, true), await run(2, false)];
    const share = first.filter((status) => status === 500).length / first.length;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.5);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("answers before the body is read, where told", async () => {
    const mock = await start("chat.stream=status:code=413,early;next");
    const socket = net.connect(mock.port, "127.0.0.1");
    const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n{";
    socket.write(head);
    const first = await new Promise<string>((resolve) =>
      socket.once("data", (bytes) => resolve(String(bytes))),
    );
    socket.destroy();
    expect(first).toMatch(/^HTTP\/1\.1 413 /);
    expect(await chat(mock)).toBe("200 whole");
  });

  it("redirects to the very address that was asked", async () => {
    const mock = await start("models.list#1=redirect");
    for (const session of [undefined, "s 1"]) {
      const response = await fetch(`${mock.baseUrl(session)}/models`, { headers: HEADERS });
      expect([response.status, response.redirected, response.url]).toEqual([
        200,
        true,
        `${mock.baseUrl(session)}/models`,
      ]);
    }
    const named = await fetch(`${mock.baseUrl()}/models`, {
      headers: { ...HEADERS, "x-gatetape-session": "s2" },
    });
    expect([named.status, named.url]).toEqual([200, `${mock.baseUrl()}/models`]);
  });

  it("compresses what the request accepts, if so told", async () => {
    const mock = await start("models.list=gzip:when=accepted");
    const encodingFor = async (accepted: string): Promise<string | null> => {
      const response = await fetch(`${mock.baseUrl()}/models`, {
        headers: { ...HEADERS, "accept-encoding": accepted },
      });
      expect(await response.json()).toMatchObject({ object: "list" });
      return response.headers.get("content-encoding");
    };
    expect([await encodingFor("gzip"), await encodingFor("identity")]).toEqual(["gzip", null]);
  });

  it("charges for what a model has answered, not for an error in its place", async () => {
    const key = "sk-a";
    const world = {
      ogl: "0.4.5" as const,
      models: [
        { id: "qwen3-coder", type: "text-generation", costs: { prompt_tokens: 100, completion_tokens: 100 } },
      ],
      keys: [{ key, name: "a", budget: 5 }],
    } satisfies MockOptions["world"];
    const mock = await startWith({ world, faults: ["chat.create#1=status:code=500", "chat.create#2=split"] });
    const budget = async (): Promise<unknown> =>
      ((await (await fetch(`${mock.baseUrl()}/me/info`, { headers: HEADERS })).json()) as { budget: unknown })
        .budget;
    expect(await chat(mock, { stream: false })).toMatch(/^500 /);
    await journal(mock, 1);
    expect(await budget()).toBe(5);
    expect(await chat(mock, { stream: false })).toMatch(/^200 /);
    await journal(mock, 3);
    expect(await budget()).toBeLessThan(5);
  });

  it("does not start with a fault that can't be followed", async () => {
    await expect(startMock({ faults: ["chat.stream=rest"] })).rejects.toThrow(FaultError);
    await expect(startMock({ faults: ["chat.stram=reset"] })).rejects.toThrow("did you mean chat.stream?");
  });
});

describe("the header x-gatetape-fault", () => {
  const asking = (fault: string): { headers: Record<string, string> } => ({
    headers: { "X-Gatetape-Fault": fault },
  });

  it("is ignored unless it is allowed, and that is said", async () => {
    const mock = await start();
    expect(await chat(mock, asking("reset@1"))).toBe("200 whole");
    expect((await journal(mock, 1))[0]?.answer.faults).toEqual([
      {
        fault: "reset@1",
        applied: false,
        why: "x-gatetape-fault is ignored without --allow-header-faults",
      },
    ]);
  });

  it("spoils that request alone, after the mock's own faults", async () => {
    const mock = await startWith({ allowHeaderFaults: true, faults: ["models.list=status:code=500"] });
    expect(await chat(mock, asking("reset@1"))).toBe("broken");
    expect(await chat(mock)).toBe("200 whole");
    expect(await chat(mock, asking("missing-done + end@2"))).toMatch(/^200 data: /);
    expect((await journal(mock, 3)).map(({ answer }) => answer.faults)).toEqual([
      [{ fault: "reset@1", applied: true }],
      undefined,
      [
        { fault: "missing-done", applied: true },
        { fault: "end@2", applied: true },
      ],
    ]);
    const response = await fetch(`${mock.baseUrl()}/models`, {
      headers: { ...HEADERS, "x-gatetape-fault": "header:name=x-also,value=1" },
    });
    expect([response.status, response.headers.get("x-also")]).toEqual([500, "1"]);
  });

  it("that can't be followed is a 400 that says why", async () => {
    const mock = await startWith({ allowHeaderFaults: true });
    const response = await fetch(`${mock.baseUrl()}/models`, {
      headers: { ...HEADERS, "x-gatetape-fault": "rest@3" },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      detail:
        'gatetape: header x-gatetape-fault: fault "rest@3", character 1: unknown fault "rest"\n  fix: did you mean reset?',
    });
    expect((await journal(mock, 1))[0]?.answer.by).toEqual({ kind: "reply", from: "fault-header" });
  });

  it("answers before the body, where asked", async () => {
    const mock = await startWith({ allowHeaderFaults: true });
    expect(await chat(mock, asking("status:code=413,early"))).toMatch(/^413 /);
    expect((await journal(mock, 1))[0]?.answer.by).toEqual({ kind: "reply", from: "fault" });
  });

  it("takes no part in matching", async () => {
    const mock = await startWith({ allowHeaderFaults: true, cassettes: [], world: "off" });
    mock.stubs.add({
      name: "only without the header",
      request: { method: "GET", target: "/health", headers: [["x-gatetape-fault", "cr"]] },
      match: { headers: ["x-gatetape-fault"] },
      response: {
        status: 200,
        framing: "length",
        headers: [
          ["content-length", null],
          ["content-type", "application/json"],
        ],
        body: [{ json: { status: "ok" } }],
      },
    });
    const response = await fetch(`${mock.url}/health`, { headers: { "x-gatetape-fault": "cr" } });
    expect([response.status, response.headers.get("x-gatetape-miss")]).toEqual([400, "1"]);
  });
});

describe("the control API's faults", () => {
  const control = (mock: RunningMock, method: string, query = "", body?: string): Promise<Response> =>
    fetch(`${mock.url}/__gatetape/faults${query}`, { method, ...(body === undefined ? {} : { body }) });

  it("are put, listed and removed, for all or for one session", async () => {
    const mock = await start("models.list=status:code=500");
    const put = await control(mock, "PUT", "?session=s1", '["models.list=status:code=404"]');
    const state = { fitted: 0, given: 0 };
    const list = [
      { fault: "models.list=status:code=500", session: null, ...state },
      { fault: "models.list=status:code=404", session: "s1", ...state },
    ];
    expect([put.status, await put.json()]).toEqual([200, { faults: list }]);
    expect([await models(mock), await models(mock, "s1")]).toEqual([500, 404]);
    await control(mock, "PUT", "", '"models.list=status:code=403;next"');
    expect([await models(mock), await models(mock), await models(mock, "s1")]).toEqual([403, 200, 404]);
    expect(await (await control(mock, "GET")).json()).toEqual({
      faults: [{ fault: "models.list=status:code=404", session: "s1", fitted: 2, given: 2 }],
    });
    expect((await control(mock, "DELETE", "?session=s1")).status).toBe(204);
    expect(await models(mock, "s1")).toBe(200);
    await control(mock, "PUT", "", '["*=reset"]');
    await control(mock, "DELETE");
    expect(await models(mock)).toBe(200);
  });

  it("of a session go when it is reset", async () => {
    const mock = await start();
    await control(mock, "PUT", "?session=s1", '["models.list=status:code=404"]');
    expect(await models(mock, "s1")).toBe(404);
    await fetch(`${mock.url}/__gatetape/sessions/s1/reset`, { method: "POST" });
    expect(await models(mock, "s1")).toBe(200);
  });

  it.each([
    [
      '["*=cr","chat.stream=rest"]',
      { pointer: "/1", reason: 'character 13: unknown fault "rest"', fix: "did you mean reset?" },
    ],
    [
      "reset",
      {
        pointer: null,
        reason: "the body is not a list of faults",
        fix: 'send JSON: ["chat.stream=reset@3"]',
      },
    ],
    [
      "[1]",
      {
        pointer: null,
        reason: "the body is not a list of faults",
        fix: 'send JSON: ["chat.stream=reset@3"]',
      },
    ],
  ])("%s is refused, and all stays as it was", async (body, problem) => {
    const mock = await start("models.list=status:code=500");
    const put = await control(mock, "PUT", "", body);
    expect([put.status, await put.json()]).toEqual([400, { problems: [problem] }]);
    expect(await models(mock)).toBe(500);
  });

  it("are named where the control API names its calls", async () => {
    const mock = await start();
    const { routes } = (await (await fetch(`${mock.url}/__gatetape`)).json()) as { routes: object };
    expect(Object.keys(routes).filter((route) => route.endsWith("/faults"))).toHaveLength(3);
  });
});

describe("gatetape mock --fault", () => {
  it("prints with each request what became of the faults", async () => {
    const mock = serve([
      "mock",
      "--port",
      "0",
      "--speed",
      "instant",
      "--json",
      "--fault",
      "models.list=status:code=500~0.5",
      "--fault",
      "models.list=reset@9",
      "--fault-seed",
      "3",
      "--allow-header-faults",
    ]);
    try {
      const { base } = await ready(mock);
      const response = await fetch(`${base}/models`, {
        headers: { ...HEADERS, "x-gatetape-fault": "split:bytes=500" },
      });
      await response.text();
      const line = JSON.parse(await mock.line((text) => text.startsWith('{"request"'))) as {
        request: { faults: { fault: string; applied: boolean }[] };
      };
      expect(line.request.faults.slice(-2)).toEqual([
        { fault: "reset@9", applied: false },
        { fault: "split:bytes=500", applied: response.status === 200 },
      ]);
    } finally {
      expect(await mock.stop()).toBe(0);
    }
  });

  it.each([
    [
      ["--fault", "chat.stream=rest@3"],
      /^gatetape: --fault: fault "chat\.stream=rest@3", character 13: unknown fault "rest"\n {2}fix: did you mean reset\?\n$/,
    ],
    [["--fault", "chat.straem=reset"], /did you mean chat\.stream\?/],
    [["--fault-seed", "x"], /A seed is a whole number/],
  ])("refuses %j with exit code 2 and says why", async (args, message) => {
    const { code, stdout, stderr } = await gatetape(["mock", "--port", "0", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});
