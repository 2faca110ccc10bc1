/** Figures and sentences of README and docs that no other test holds. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { report } from "../src/cli/support/errors.ts";
import { FAULTS } from "../src/mock/faults/kinds/all.ts";
import { startMock } from "../src/mock/mock.ts";
import { SCENARIOS } from "../src/suites/client/scenarios/index.ts";
import { readCaptures } from "./support/captures.ts";
import { MAIN } from "./support/main.ts";

const read = (file: string): string =>
  readFileSync(new URL(`../${file}`, import.meta.url), "utf8").replaceAll(/\s+/g, " ");

describe("README", () => {
  const readme = read("README.md");

  it("counts scenarios and faults", () => {
    expect(readme).toContain(`plays ${SCENARIOS.length} scenarios`);
    expect(readme).toContain(`in [${FAULTS.length} ways](docs/faults.md)`);
  });

  it("counts captures as the tests of parity do", () => {
    const all = readCaptures().length;
    const [, played, others, world, alone] =
      /plays (\d+) captured exchanges .* (\d+) captures hold malformed .* sends all (\d+) to a mock .* (\d+) of them need no cassette/.exec(
        readme,
      ) ?? [];
    expect([Number(played) + Number(others), Number(world)]).toEqual([all, all]);
    expect(read("test/parity/world.test.ts")).toContain(`toEqual([${all}, ${alone}])`);
    const [, compared, second] = /compares (\d+) of a second set of (\d+)/.exec(readme) ?? [];
    expect(Number(second)).toBe(readCaptures("second/").length);
    expect(read("test/parity/second.test.ts")).toContain(` ${second}, ${compared}, `);
  });
});

describe("docs/formats.md", () => {
  it("is right about the exit code of a failure of gatetape", () => {
    const lines: string[] = [];
    expect(report(new Error("what nobody expected"), (text) => lines.push(text))).toBe(3);
    expect(lines.join("")).toContain("what nobody expected");
  });
});

describe("docs/mock.md", () => {
  it("is right about the number of interactions that one call adds", async () => {
    await using mock = await startMock({ cassettes: [] });
    const headers = [
      ["content-length", null],
      ["content-type", "application/json"],
    ];
    const interaction = (i: number): object => ({
      name: `n${i}`,
      request: { method: "GET", target: `/health?n=${i}` },
      response: { status: 200, framing: "length", headers, body: [{ json: { status: "ok" } }] },
    });
    const add = (count: number): Promise<Response> =>
      fetch(`${mock.url}/__gatetape/interactions`, {
        method: "POST",
        body: JSON.stringify(Array.from({ length: count }, (_, i) => interaction(i))),
      });
    expect(await (await add(2001)).text()).toContain("2001 interactions are more than the 2000");
    expect(await (await add(2000)).json()).toEqual({ id: 1 });
  });

  it("is right about SIGHUP under nohup", async () => {
    const args = [process.execPath, MAIN, "mock", "--port", "0", "--json"];
    const child = spawn("nohup", args, { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const lines = createInterface({ input: child.stdout });
      const [first] = (await once(lines, "line")) as [string];
      const { ready } = JSON.parse(first) as { ready: { url: string } };
      expect((await fetch(`${ready.url}/health`)).status).toBe(200);
      const ended = once(child, "exit");
      child.kill("SIGHUP");
      expect(await ended).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is right about the world that is off: nothing but recordings and the OpenAPI's 422", async () => {
    await using mock = await startMock({ world: "off" });
    const ask = async (method: string, path: string, body?: string): Promise<[number, boolean]> => {
      const headers = { "content-type": "application/json" };
      const response = await fetch(mock.url + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      return [response.status, response.headers.has("x-gatetape-miss")];
    };
    for (const path of [
      "/",
      "/foo",
      "/v1",
      "/v1/",
      "/docs",
      "/favicon.ico",
      "/v1/nope",
      "/v1/models/nope",
      "/%ff",
    ])
      for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
        expect([method, path, await ask(method, path)]).toEqual([method, path, [400, true]]);
    expect(await ask("POST", "/v1/chat/completions", "{}")).toEqual([422, false]);
    const hi = '{"model":"t-ok","messages":[{"role":"user","content":"hi"}]}';
    expect(await ask("POST", "/v1/chat/completions", hi)).toEqual([200, false]);
  });
});

describe("docs/world.md", () => {
  const chat = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] });
  const model = { id: "m", type: "text-generation" } as const;

  // A role of OGL has 0 for the kinds that it leaves out (observed on 0.4.1: effects-28).
  it("is right about kinds of limits that are left out", async () => {
    const rpm = { model: "m", type: "rpm", value: 5 } as const;
    const none = (["rpd", "tpm", "tpd"] as const).map((type) => ({ model: "m", type, value: 0 }));
    const keys = [
      { key: "sk-left-out", limits: [rpm] },
      { key: "sk-as-a-role", limits: [rpm, ...none] },
    ];
    await using mock = await startMock({ world: { models: [model], keys }, cassettes: [] });
    const ask = (key: string, path: string, init: object = {}): Promise<Response> =>
      fetch(mock.url + path, {
        ...init,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      });
    const post = { method: "POST", body: chat };
    expect((await ask("sk-left-out", "/v1/chat/completions", post)).status).toBe(200);
    const refused = await ask("sk-as-a-role", "/v1/chat/completions", post);
    expect([refused.status, await refused.json()]).toEqual([
      403,
      { detail: "Insufficient permissions to access the model." },
    ]);
    expect(await (await ask("sk-as-a-role", "/v1/models")).json()).toMatchObject({ data: [{ id: "m" }] });
  });
});
