/** `gatetape record` as its own process. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { type Served, gatetape, serve, serveProcess } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "gatetape-record-"));
let upstream: RunningMock;
beforeAll(async () => {
  upstream = await startMock({ speed: Infinity });
});
afterAll(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true });
});
let count = 0;
const fresh = (): string => join(folder, `${count++}.cassette.json`);

interface Started {
  readonly served: Served;
  readonly base: string;
  readonly ready: Record<string, unknown>;
}

function start(out: string, ...flags: string[]): Promise<Started> {
  return startBy(serve, out, ...flags);
}

async function startBy(way: typeof serve, out: string, ...flags: string[]): Promise<Started> {
  const served = way(["record", "--upstream", upstream.url, "--out", out, "--port", "0", "--json", ...flags]);
  const line = await served.line((text) => text.startsWith('{"ready"'));
  const { ready } = JSON.parse(line) as { ready: Record<string, unknown> };
  return { served, base: String(ready["base"]), ready };
}

const event = (served: Served, name: string): Promise<Record<string, unknown>> =>
  served
    .line((text) => text.startsWith(`{"event":"${name}"`))
    .then((line) => JSON.parse(line) as Record<string, unknown>);

const models = (base: string, key = "sk-anything"): Promise<Response> =>
  fetch(`${base}/models`, { headers: { authorization: `Bearer ${key}` } });

describe("gatetape record", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("records until %s, and says what it did", async (signal) => {
    const out = fresh();
    const { served, base, ready } = await startBy(serveProcess, out);
    expect(ready).toMatchObject({ upstream: upstream.url, out, mode: "all", records: true, ogl: "0.4.5" });
    expect((await models(base)).status).toBe(200);
    expect(await event(served, "recorded")).toMatchObject({
      number: 1,
      request: "GET /v1/models",
      file: out,
      status: 200,
    });
    expect(await served.stop(signal)).toBe(0);
    expect(await event(served, "summary")).toMatchObject({
      files: [{ file: out, recorded: 1, interactions: 1 }],
      stats: { requests: 1, open: 0, recorded: 1 },
      withheld: 0,
      lost: 0,
    });
    expect(loadCassette(out).cassette.about).toMatchObject({ origin: "recorded", ogl: "0.4.5" });
  });

  it("says it for people, with the next command to run", async () => {
    const out = fresh();
    const served = serve(["record", "--upstream", upstream.url, "--out", out, "--port", "0"]);
    const line = await served.line((text) => text.includes("OPENAI_BASE_URL="));
    await served.line((text) => text.startsWith("Ctrl-C"));
    await models(line.trim().replace("export OPENAI_BASE_URL=", ""));
    await served.stop();
    expect(served.lines.join("\n")).toContain(`${out}: 1 exchange recorded, 1 interaction in it`);
    expect(served.lines.join("\n")).toContain(`gatetape mock --ogl 0.4.5 --cassettes ${out}`);
  });

  it("has the upstream's key from .env, and clients send what they like", async () => {
    const out = fresh();
    const cwd = mkdtempSync(join(folder, "env-"));
    writeFileSync(join(cwd, ".env"), "OGL_KEY=sk-from-the-dot-env-file-0123456789\n");
    const missing = await gatetape([
      "record",
      "--upstream",
      upstream.url,
      "--out",
      out,
      "--upstream-key-env",
      "OGL_KEY",
    ]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/no such variable[^]*fix/)]);
    writeFileSync(
      join(cwd, "gatetape.config.json"),
      JSON.stringify({
        record: { upstream: upstream.url, out: "x.cassette.json", port: 0, upstreamKeyEnv: "OGL_KEY" },
      }),
    );
    const served = serve(["record", "--json"], { cwd });
    const { ready } = JSON.parse(await served.line((text) => text.startsWith('{"ready"'))) as {
      ready: { base: string };
    };
    await models(ready.base, "whatever-it-may-be");
    expect([...upstream.journal.lines()].at(-1)).toContain('"authorization","Bearer sk-');
    await served.stop();
    const text = readFileSync(join(cwd, "x.cassette.json"), "utf8");
    expect(text).not.toMatch(/dot-env|whatever/);
  });

  it("exits with 1 where something is withheld, and with --fail-on-drift for drift", async () => {
    const strict = fresh();
    // This mock answers what nobody recorded by 400, which is declared for nothing.
    const one = await start(strict, "--fail-on-drift");
    await fetch(`${one.base}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer x" },
      body: '{"model":"m","messages":[{"role":"user","content":"nobody recorded this"}]}',
    });
    const recorded = await event(one.served, "recorded");
    const drift = recorded["drift"] as unknown[];
    expect(await one.served.stop()).toBe(drift.length > 0 ? 1 : 0);
    const two = await start(fresh());
    await fetch(`${two.base}/chat/completions`, {
      method: "POST",
      headers: { "content-encoding": "compress", authorization: "Bearer x" },
      body: Buffer.from([0xff, 0, 0x9f, 0xfe, 1]),
    });
    await event(two.served, "withheld");
    expect(await two.served.stop()).toBe(1);
  });

  it("refuses a cassette that is being recorded, and an upstream that is none", async () => {
    const out = fresh();
    const { served } = await start(out);
    const second = await gatetape(["record", "--upstream", upstream.url, "--out", out, "--port", "0"]);
    expect([second.code, second.stderr]).toEqual([
      2,
      expect.stringMatching(/is being recorded by process \d+\n {2}fix/),
    ]);
    await served.stop();
    const none = await gatetape(["record", "--upstream", "gateway", "--out", out]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("no http or https URL")]);
    const missing = await gatetape(["record", "--out", out]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("--upstream is missing")]);
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    const inFile = await gatetape([
      "record",
      "--upstream",
      upstream.url,
      "--out",
      join(file, "x.cassette.json"),
    ]);
    expect([inFile.code, inFile.stderr]).toEqual([2, expect.stringMatching(/can't record there[^]*fix/)]);
  });

  it("warns of a cassette that is old", async () => {
    const out = fresh();
    const first = await start(out);
    await models(first.base);
    await first.served.stop();
    writeFileSync(
      out,
      readFileSync(out, "utf8").replace(/"recordedAt": "[^"]*"/, '"recordedAt": "2020-01-01"'),
    );
    const { served } = await start(out, "--mode", "none", "--max-age", "30");
    const trouble = await event(served, "trouble");
    expect(trouble["message"]).toMatch(/was recorded \d+ days ago/);
    expect(await served.stop()).toBe(0);
  });
});
