/** The pair: a command in front of a live gateway, which here is a mock or plays what a real one sent. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { headerValue } from "../../../src/http/headers.ts";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { gatetape } from "../../support/cli.ts";
import { gateRun } from "./gate-run.ts";

const CLIENT = join(import.meta.dirname, "wire-client.ts");
const REAL_KEY = "sk-live-4f9c2b7e1d8a6053c4b2f1e09d8c7b6a";

let folder: string;
let mock: RunningMock;
let odd: Server;
/** Keys that the gateway was asked with. */
const keys: (string | undefined)[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatetape-pair-"));
  mock = await startMock({
    onTrace: ({ request }) =>
      keys.push(request.headers.find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? undefined),
  });
  // What no OpenAPI of OGL declares: a list that is none.
  odd = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end('{"object":"list","data":{}}');
  });
  await new Promise<void>((resolve) => odd.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await mock.close();
  odd.close();
  rmSync(folder, { recursive: true });
});

/** Arguments of a gate that keeps `PAIR_TEST_KEY` from a command, a module of JavaScript. */
function keeping(upstream: string, flags: readonly string[], script: string): string[] {
  const kept = ["--upstream", upstream, "--upstream-key-env", "PAIR_TEST_KEY"];
  return ["gate", ...flags, ...kept, "--", process.execPath, "--input-type=module", "-e", script];
}

describe("a command in front of a live gateway", () => {
  it("is judged as in front of the mock, and the gateway too", async () => {
    process.env["PAIR_TEST_KEY"] = REAL_KEY;
    keys.length = 0;
    const journal = join(folder, "pair.ndjson");
    const ran = await gateRun(
      ["--upstream", `${mock.url}/v1/`, "--upstream-key-env", "PAIR_TEST_KEY", "--journal", journal],
      [process.execPath, CLIENT],
    );
    expect({ code: ran.code, stderr: ran.stderr }).toMatchObject({ code: 0 });
    expect(ran.requests).toBe(4);
    expect(ran.verdicts.find(({ scenario }) => scenario === "answer/openapi")?.result).toBe("pass");
    // The command never saw the key, the gateway no other.
    expect(new Set(keys)).toEqual(new Set([`Bearer ${REAL_KEY}`]));
    expect(readFileSync(journal, "utf8")).not.toContain(REAL_KEY);
  });

  it("is kept from the upstream's key, in whatever variable it stands", async () => {
    const script = `console.log(JSON.stringify(process.env))`;
    const { code, stdout } = await gatetape(
      keeping(mock.url, ["--level", "command/traffic=off", "--env", `MINE=${REAL_KEY}`], script),
      {
        env: {
          PAIR_TEST_KEY: REAL_KEY,
          SAME: REAL_KEY,
          WITHIN: JSON.stringify({ headers: [`Authorization: Bearer ${REAL_KEY}`] }),
          OPENAI_API_KEY: REAL_KEY,
          OTHER: "sk-live-another",
        },
      },
    );
    expect(code).toBe(0);
    expect(stdout).not.toContain(REAL_KEY);
    const { OPENAI_API_KEY: key, ...variables } = JSON.parse(stdout) as Record<string, string>;
    // The program finds a key in each of its places, and all of them are the one that the gate knows.
    expect(variables).toMatchObject({
      PAIR_TEST_KEY: key,
      SAME: key,
      MINE: key,
      WITHIN: `{"headers":["Authorization: Bearer ${key}"]}`,
      OTHER: "sk-live-another",
    });
    expect(variables["PATH"]).toBe(process.env["PATH"]);
  });

  it.each<[string, string, (string | undefined)[], number]>([
    ["no key", "{}", [undefined], 401],
    ["its key as x-api-key alone", `{ "x-api-key": key }`, [undefined], 401],
    ["its key as the wrong scheme", `{ authorization: "Basic " + key }`, [`Basic ${REAL_KEY}`], 401],
    ["its key without a scheme", "{ authorization: key }", [REAL_KEY], 401],
    ["another key", `{ authorization: "Bearer sk-mine" }`, ["Bearer sk-mine"], 403],
    ["its key", `{ authorization: "Bearer " + key }`, [`Bearer ${REAL_KEY}`], 200],
  ])("that sends %s is not given more", async (_, headers, asked, status) => {
    const world = { models: [], keys: [{ key: REAL_KEY }] };
    const seen: (string | null | undefined)[] = [];
    await using gateway = await startMock({
      world,
      onTrace: ({ request }) => seen.push(headerValue(request.headers, "authorization")),
    });
    const script = `const key = process.env.OPENAI_API_KEY;
      const headers = ${headers};
      console.log((await fetch(process.env.OPENAI_BASE_URL + "/me/usage", { headers })).status);`;
    const { stdout } = await gatetape(keeping(gateway.url, [], script), { env: { PAIR_TEST_KEY: REAL_KEY } });
    expect({ status: stdout.trim(), seen }).toEqual({ status: String(status), seen: asked });
  });

  it("goes up as it is but for host, coding and key, and its answer comes down so but for the location", async () => {
    const seen: string[][] = [];
    const gateway = createServer((request, response) => {
      seen.push(request.rawHeaders);
      const origin = `http://${request.headers.host}`;
      response.writeHead(307, ["Location", `${origin}/v1/models`, "X-Two", "1", "x-two", "2"]);
      response.end();
    });
    await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
    const { port } = gateway.address() as AddressInfo;
    const script = `
      import { request } from "node:http";
      const headers = ["Host", new URL(process.env.OGL_URL).host, "X-A", "1", "x-a", "2", "Accept-Encoding", "gzip", "AUTHORIZATION", "Bearer " + process.env.OPENAI_API_KEY];
      request(process.env.OPENAI_BASE_URL + "/me", { headers, agent: false }, (answer) => {
        console.log(JSON.stringify([process.env.OGL_URL, answer.rawHeaders]));
        answer.resume();
      }).end();`;
    const { stdout } = await gatetape(keeping(`http://127.0.0.1:${port}`, [], script), {
      env: { PAIR_TEST_KEY: REAL_KEY },
    });
    gateway.close();
    expect(seen).toEqual([
      ["Host", `127.0.0.1:${port}`, "X-A", "1", "x-a", "2", "Accept-Encoding", "identity"].concat(
        ["AUTHORIZATION", `Bearer ${REAL_KEY}`],
        ["Connection", "close"],
      ),
    ]);
    const [url, answered] = JSON.parse(stdout) as [string, string[]];
    expect(answered.slice(0, 6)).toEqual(["Location", `${url}/v1/models`, "X-Two", "1", "x-two", "2"]);
  });

  it("is not given the upstream's key by --key either", async () => {
    const { code, stderr } = await gatetape(keeping(mock.url, ["--key", REAL_KEY], ""), {
      env: { PAIR_TEST_KEY: REAL_KEY },
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /--key: the key for the command is the one that --upstream-key-env keeps.*\n {2}fix: /,
    );
    expect(stderr).not.toContain(REAL_KEY);
  });

  it.each([
    ["double-slash", "path/joining"],
    ["no-key", "auth/header"],
    ["wrong-type", "request/schema"],
    ["text-plain", "request/content-type"],
  ])("fails by %s for that reason and no other", async (mutation, check) => {
    const { code, verdicts } = await gateRun(
      ["--upstream", mock.url, "--key", "sk-any"],
      [process.execPath, CLIENT, mutation],
    );
    expect(code).toBe(1);
    const wrong = verdicts.filter(({ result }) => result === "fail" || result === "warn");
    // A gateway refuses all that comes without a key.
    const more = mutation === "no-key" ? ["command/answered"] : [];
    expect(wrong.map(({ scenario }) => scenario)).toEqual([...more, check]);
  });

  it("is warned of what the gateway sends against its OpenAPI; that is not the client's failure", async () => {
    const { port } = odd.address() as AddressInfo;
    const script =
      'await fetch(process.env.OPENAI_BASE_URL + "/models", { headers: { authorization: "Bearer " + process.env.OPENAI_API_KEY } })';
    const ran = await gateRun(
      ["--upstream", `http://127.0.0.1:${port}`, "--key", REAL_KEY],
      [process.execPath, "--input-type=module", "-e", script],
    );
    expect(ran.code).toBe(0);
    const wrong = ran.verdicts.filter(({ result }) => result !== "pass" && result !== "not-observable");
    expect(wrong).toMatchObject([
      { scenario: "command/post", result: "warn" },
      {
        scenario: "answer/openapi",
        result: "warn",
        findings: [{ message: "GET /v1/models: body/data: must be array" }],
      },
    ]);
    // Reports are for everyone.
    expect(ran.stdout).not.toContain(REAL_KEY);
    expect(ran.stderr).not.toContain(REAL_KEY);
  });

  it("says what does not go together", async () => {
    const both = await gatetape(["gate", "--upstream", mock.url, "--strict", "--", "true"]);
    expect(both).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--strict configures the mock") as string,
    });
    const slip = await gatetape(["gate", "--upstream", "gateway.example", "--key", "k", "--", "true"]);
    expect(slip).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is no http or https URL\n  fix: ") as string,
    });
    const secret = await gatetape(["gate", "--upstream", "ftp://bob:Soleil4821@h/v1", "--", "true"]);
    expect(secret.stderr).toContain("is no http or https URL");
    expect(secret.stderr).not.toContain("Soleil4821");
    const none = await gatetape(["gate", "--upstream-key-env", "X", "--", "true"]);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("are for --upstream") as string });
  });
});
