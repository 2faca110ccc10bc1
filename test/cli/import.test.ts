import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startMock } from "../../src/mock/mock.ts";
import { type Ran, gatetape, gatetapeProcess } from "../support/cli.ts";
import { FILES } from "../support/import.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("cli-import");
let count = 0;
const outOf = (): string => join(folder, `${count++}.cassette.json`);
const imported = (file: string, out: string, ...args: string[]): Promise<Ran> =>
  gatetape(["cassette", "import", join(FILES, file), "--out", out, ...args]);

describe("gatetape cassette import", () => {
  it("says what was left out, cut and lost, and exits with 1 if something was left out", async () => {
    const out = outOf();
    const { code, stdout, stderr } = await imported("vcr-strings.yaml", out);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `${join(FILES, "vcr-strings.yaml")}:41 at /interactions/2: left out: its request has no http or https uri\n  fix: correct the exchange, or take it out\n`,
    );
    expect(stdout).toBe(
      [
        "entries 2, 4: content-length added: nothing framed the body, as in HTTP/2",
        "a VCR cassette has neither times nor the boundaries of writes: answers come at once, a stream as one write an event",
        `${out}: 3 interactions; replaced: authorization, cookie; waivers: 1`,
        "from a VCR cassette; of albert.api.etalab.gouv.fr; left out: 1",
        "Replaced (authorization 1, cookie 2):",
        '  entry 1, /request/headers/1: authorization, now sk-1; keep: "[a-z]{2}-[a-z]{24}" lets it pass',
        '  entry 1, /response/headers/1: cookie, now cookie-1; keep: "[a-z]=[0-9]" lets it pass',
        '  entry 1, /response/headers/2: cookie, now cookie-2; keep: "[a-z]=[0-9]" lets it pass',
        "",
      ].join("\n"),
    );
  });

  it("says the same as JSON", async () => {
    const { code, stdout, stderr } = await imported("one-bad-of-two.har", outOf(), "--json");
    expect([code, stderr]).toEqual([1, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      interactions: 1,
      leftOut: [
        { line: 1, pointer: "/log/entries/1/response/content", reason: expect.any(String) as string },
      ],
      skipped: {},
      prefixes: {},
    });
  });

  it("writes nothing if nothing can be imported, and says why", async () => {
    const out = outOf();
    const { code, stdout, stderr } = await imported("sse-without-body.har", out);
    expect([code, stdout, existsSync(out)]).toEqual([2, "", false]);
    expect(stderr).toMatch(
      /^\S+\.har:55:17 at \/log\/entries\/0\/response\/content: left out: .*\n {2}fix: .*\ngatetape: .*nothing was written/s,
    );
  });

  it("cuts a base path, so that a client at /v1 of a mock finds the cassette", async () => {
    const out = outOf();
    const { code, stdout } = await imported("path-prefix.har", out);
    expect(code).toBe(0);
    expect(stdout).toContain("cut from the path of 1 request: /llm; --prefix / leaves it\n");
    await using mock = await startMock({ cassettes: [out], strict: true });
    const answer = await fetch(`${mock.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer sk-any" },
      body: '{"model":"qwen3-coder","messages":[{"role":"user","content":"hi"}],"stream":true}',
    });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('"content":"Hé"')]);
  });

  it("leaves the base path with --prefix /, and refuses one that nothing has", async () => {
    const [kept, none] = [outOf(), outOf()];
    expect((await imported("path-prefix.har", kept, "--prefix", "/")).code).toBe(0);
    expect(readFileSync(kept, "utf8")).toContain('"target": "/llm/v1/chat/completions"');
    const { code, stderr } = await imported("path-prefix.har", none, "--prefix", "/other");
    expect([code, existsSync(none)]).toEqual([2, false]);
    expect(stderr).toContain("--prefix");
  });

  it("makes of the same request twice a cassette that a mock plays in sequence", async () => {
    const out = outOf();
    expect((await imported("two-answers.jsonl", out)).code).toBe(0);
    await using mock = await startMock({ cassettes: [out], strict: true });
    const statuses = [];
    for (let i = 0; i < 2; i++)
      statuses.push(
        (await fetch(`${mock.url}/v1/models`, { headers: { authorization: "Bearer sk-any" } })).status,
      );
    expect(statuses).toEqual([200, 503]);
  });

  it("as a process of its own names another kind of file, without a stack trace", async () => {
    const file = join(folder, "collection.json");
    writeFileSync(file, JSON.stringify({ info: { name: "c", schema: "x" }, item: [] }));
    const { code, stderr } = await gatetapeProcess(["cassette", "import", file, "--out", outOf()]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^gatetape: \S+collection\.json: is a Postman collection\n {2}fix: .*\n$/);
  });
});

describe("gatetape cassette export --to replay-fixture", () => {
  it("writes a file for each interaction, and names those that can't be one", async () => {
    const out = join(folder, "fixtures");
    const args = ["cassette", "export", "cassettes/0.4.5/written-health-models.cassette.json", "--out", out];
    const refused = await gatetape([...args, "--to", "replay-fixture"]);
    expect([refused.code, existsSync(out)]).toEqual([2, false]);
    const both = outOf();
    expect((await imported("replay-fixtures.json", both)).code).toBe(1);
    const { code, stdout } = await gatetape([
      "cassette",
      "export",
      both,
      "--to",
      "replay-fixture",
      "--out",
      out,
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain(`${out}: 3 fixtures\n`);
    const fixture = JSON.parse(
      readFileSync(join(out, "POST-v1-audio-transcriptions.json"), "utf8"),
    ) as object;
    expect(fixture).toMatchObject({
      wire_format: "open_ai_audio_transcriptions",
      request: { method: "POST", path: "/audio/transcriptions?language=fr", body: { type: "multipart" } },
      response: { status: 200, body: { type: "text", text: "Bonjour" } },
    });
    const again = await gatetape(["cassette", "export", both, "--to", "replay-fixture", "--out", out]);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("--force") as string });
  });
});
