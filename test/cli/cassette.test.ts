import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { gatetape } from "../support/cli.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatetape-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("gatetape cassette import", () => {
  it("makes a cassette of raw exchanges, sanitized, with a waiver for what contradicts the OpenAPI", async () => {
    const out = join(folder, "streams.cassette.json");
    const { code, stdout } = await gatetape([
      "cassette",
      "import",
      "test/captures/stream.jsonl",
      "--only",
      "stream-plain",
      "stream-up-die-mid",
      "--ogl",
      "0.4.1",
      "--out",
      out,
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `${out}: 2 interactions; replaced: authorization; waivers: 1\nfrom JSON Lines\nReplaced (authorization 2):\n`,
    );
    expect(stdout).toContain("  entry 10, /request/headers/2: authorization, now sk-1; keep: ");
    const text = readFileSync(out, "utf8");
    expect(text).toContain("Bearer sk-1");
    expect(text).not.toContain("sk-test");
    expect(readdirSync(folder)).toEqual(["streams.cassette.json"]); // no temporary file is left
  });

  it("leaves out what it can't look into or replace, by number, and imports the rest", async () => {
    const token = "Kq2Vw7Zt3Rb8Nm5Lp6Hs1Xc4";
    const bytes = Buffer.concat([Buffer.from([0xff, 0]), Buffer.from(` ${token} `)]);
    const answers = [
      Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nlate-secret-4711`),
      Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\ncontent-type: audio/x\r\n\r\n"), bytes]),
      Buffer.from(`HTTP/1.1 200 OK\r\ncontent-encoding: x-odd\r\n\r\n\xff\x00abc`, "latin1"),
      Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nsee ${token}`),
    ];
    const lines = answers.map((answer, i) =>
      JSON.stringify({
        name: `${i} ${token}`,
        request: `GET /v1/x${i} HTTP/1.1\r\nauthorization: Bearer late-secret-4711\r\n\r\n`,
        response: { base64: answer.toString("base64") },
      }),
    );
    const source = join(folder, "some.jsonl");
    const out = join(folder, "some.cassette.json");
    writeFileSync(source, lines.join("\n"));
    const args = ["cassette", "import", source, "--out", out, "--no-config"];
    const { code, stdout, stderr } = await gatetape(args);
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("interaction 2 is left out: binary at /response/body: ");
    expect(stdout).toContain("interaction 3 is left out: compressed at /response/headers: ");
    expect(stdout).toContain("entry 4, /response/body/0: entropy, now secret-");
    const text = readFileSync(out, "utf8");
    expect(stdout + text).not.toMatch(/Kq2Vw7Zt|late-secret/);
    expect(loadCassette(out).cassette.interactions.map(({ request }) => request.target)).toEqual([
      "/v1/x0",
      "/v1/x3",
    ]);
    const json = await gatetape([...args, "--force", "--json", "--keep", "[A-Za-z0-9]{24}"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ withheld: [{ number: 3 }], interactions: 3 });
    expect((await gatetape([...args, "--force", "--keep", "("])).code).toBe(2);
    const check = await gatetape(["cassette", "scrub", "--check", out, "--no-config"]);
    expect([check.code, check.stdout.includes(token)]).toEqual([1, false]);
    const lint = await gatetape(["cassette", "lint", out, "--no-config"]);
    expect([lint.code, lint.stdout]).toEqual([0, expect.stringContaining("looks like a secret (entropy)")]);
  });

  it("does not replace a cassette unless it is told to", async () => {
    const out = join(folder, "kept.cassette.json");
    writeFileSync(out, "mine");
    const args = ["cassette", "import", "test/captures/models.jsonl", "--ogl", "0.4.1", "--out", out];
    const refused = await gatetape(args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--force");
    expect(readFileSync(out, "utf8")).toBe("mine");
    expect((await gatetape([...args, "--force"])).code).toBe(0);
    expect(readFileSync(out, "utf8")).toContain('"cassette": 1');
  });

  it("names the line that can't be used, never its text, and writes nothing if no other is left", async () => {
    const out = join(folder, "none.cassette.json");
    const args = ["cassette", "import", "test/captures/http.jsonl", "--ogl", "0.4.1", "--out", out];
    const broken = await gatetape([...args, "--only", "http-garbage"]);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toMatch(/http\.jsonl:\d+: left out: the request is not HTTP\/1[\s\S]*fix: /);
    expect(broken.stderr).toContain("nothing was written");
    expect(existsSync(out)).toBe(false);
  });

  it("imports the rest of a file with a line that can't be used, and exits with 1", async () => {
    const out = join(folder, "rest.cassette.json");
    const input = join(folder, "bad.jsonl");
    writeFileSync(
      input,
      '{"name":"a","request":"GET / HTTP/1.1\\r\\n\\r\\n","response":"HTTP/1.1 204 No Content\\r\\n\\r\\n"}\n{"name":"sk-abcdefghijklmnopqrstuvwx",',
    );
    const cut = await gatetape(["cassette", "import", input, "--out", out]);
    expect(cut.code).toBe(1);
    expect(cut.stderr).toContain(`${input}:2: left out: not JSON`);
    expect(cut.stderr).not.toContain("sk-abc");
    expect(cut.stdout).toContain(`${out}: 1 interaction; `);
    expect(cut.stdout).toContain("left out: 1");
    expect(readFileSync(out, "utf8")).toContain('"name": "a"');
  });
});

describe("gatetape cassette lint", () => {
  it("passes the bundled library", async () => {
    const { code, stdout } = await gatetape(["cassette", "lint", "cassettes"]);
    expect(stdout).toMatch(
      /^\d+ cassettes, \d+ interactions, \d+ deviations waived, 0 errors, 0 warnings\n$/,
    );
    expect(code).toBe(0);
  });

  it("names file, line, pointer, reason and fix of each problem, for people and for programs", async () => {
    const file = join(folder, "wrong.cassette.json");
    const source = readFileSync("cassettes/0.4.5/written-health-models.cassette.json", "utf8");
    writeFileSync(
      file,
      source.replace('"green"', '"user.name@mail.example.com"').replace('"status": 200', '"status": 299'),
    );
    const people = await gatetape(["cassette", "lint", file]);
    expect(people.code).toBe(1);
    expect(people.stdout).toContain(`${file}:12 at /interactions/0/response/status: error: `);
    expect(people.stdout).toContain("an e-mail address stands in the clear\n  fix: ");
    const programs = await gatetape(["cassette", "lint", "--json", file]);
    expect(JSON.parse(programs.stdout)).toMatchObject({
      errors: 2,
      problems: [
        { file, code: "leak", level: "error" },
        { file, code: "spec", level: "error", pointer: "/interactions/0/response/status" },
      ],
    });
  });

  it("tells programs too of a path that can't be used", async () => {
    const { code, stdout } = await gatetape(["cassette", "lint", "--json", "no/such/folder"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      files: 0,
      problems: [{ file: "no/such/folder", code: "not-found", level: "error" }],
    });
  });

  it("warns of a waiver that covers nothing and of a file that is not printed canonically", async () => {
    const file = join(folder, "untidy.cassette.json");
    const cassette = JSON.parse(
      readFileSync("cassettes/0.4.5/written-health-models.cassette.json", "utf8"),
    ) as { interactions: object[] };
    Object.assign(cassette.interactions[0] as object, {
      waivers: [{ pointer: "/response/body/0", reason: "once" }],
    });
    writeFileSync(file, JSON.stringify(cassette));
    const { code, stdout } = await gatetape(["cassette", "lint", file]);
    expect(code).toBe(0);
    expect(stdout).toContain("warning: the waiver covers nothing");
    expect(stdout).toContain("warning: is not printed canonically");
  });
});

describe("gatetape cassette show", () => {
  it("lists the interactions of a cassette", async () => {
    const { stdout } = await gatetape(["cassette", "show", "cassettes/0.4.1/models.cassette.json"]);
    expect(stdout).toContain("Models (recorded, OGL 0.4.1)");
    expect(stdout).toMatch(/^ +\d+ {2}models-get-embed {2}GET \/v1\/models\/nomic-embed-text -> 200$/m);
  });

  it("shows a stream as a timeline in which what is no event stands out", async () => {
    const { stdout } = await gatetape([
      "cassette",
      "show",
      "cassettes/0.4.1/chat-stream.cassette.json",
      "stream-up-die-mid",
    ]);
    expect(stdout).toMatch(/^ +103 ms {2}200 OK \(chunked\)$/m);
    expect(stdout).toMatch(/^ +166 ms +\d+ B {2}chunk: content "Hello"$/m);
    expect(stdout).toContain('(no line end) {"detail": "Model is too busy (RemoteProtocolError)');
    expect(stdout).toMatch(/^ +\d+ ms {2}\[complete\]$/m);
    expect(stdout).toContain("waived at /response/body/3");
  });

  it("prints JSON for programs: the list, or one interaction with its timeline", async () => {
    const file = "cassettes/0.4.1/chat-stream.cassette.json";
    const list = JSON.parse((await gatetape(["cassette", "show", file, "--json"])).stdout) as {
      interactions: object[];
    };
    expect(list.interactions).toContainEqual({
      name: "stream-up-die-mid",
      method: "POST",
      target: "/v1/chat/completions",
      status: 200,
      waivers: 1,
    });
    const one = await gatetape(["cassette", "show", file, "stream-up-die-mid", "--json"]);
    expect(JSON.parse(one.stdout)).toMatchObject({
      interaction: { name: "stream-up-die-mid" },
      timeline: {
        head: 103,
        writes: [
          { at: 103, bytes: 230 },
          { at: 166, bytes: 216 },
          { at: 230, bytes: 212 },
          { at: 291, bytes: 78 },
        ],
        end: { how: "complete", at: 291 },
      },
    });
  });

  it("says what there is when a name is wrong", async () => {
    const { code, stderr } = await gatetape([
      "cassette",
      "show",
      "cassettes/0.4.1/models.cassette.json",
      "nope",
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('has no interaction "nope"');
  });
});
