import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDocument } from "../../src/cli/spec/document.ts";
import { operationPage, operationTable } from "../../src/cli/spec/page.ts";
import { describeOperation, listOperations } from "../../src/openapi/describe/describe.ts";
import { OGL_VERSIONS } from "../../src/openapi/document/versions.ts";
import { gatetape } from "../support/cli.ts";

const HERE = { cwd: process.cwd() };
const PINNED = resolve("spec/openapi-0.4.5.json");
const live = readFileSync(PINNED, "utf8").replace('"version": "0.4.5"', '"version": "0.5.0"');

describe("gatetape spec show", () => {
  it("lists the operations with method, path, security and statuses", async () => {
    const { code, stdout } = await gatetape(["spec", "show"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^OGL 0\.4\.5: 65 operations/);
    expect(stdout).toMatch(
      /^POST \/v1\/chat\/completions +key {2}200 404 422 503\n {4}chat\.create {2}chat_completions_v1_chat_completions_post$/m,
    );
    expect(stdout).toMatch(/^GET \/health +no key {2}200\n {4}get_health_health_get$/m);
  });

  it("shows all that is known of one", async () => {
    const { code, stdout } = await gatetape(["spec", "show", "POST", "/v1/embeddings"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^embeddings\.create {2}POST \/v1\/embeddings\n/);
    expect(stdout).toContain("Request body  application/json  EmbeddingsRequest (required)");
    expect(stdout).toMatch(
      /^ {4}input\* +array of integer \| array of array of integer \| string \| array of string$/m,
    );
    expect(stdout).toMatch(/^ {4}encoding_format +EncodingFormat \(default "float"\)$/m);
    expect(stdout).toMatch(
      /^ {2}lax-requests .*\n {4}says {6}booleans[^]*\n {4}does {6}[^]*\n {4}evidence {2}/m,
    );
  });

  it.each(OGL_VERSIONS)("stays within 100 columns for every operation of OGL %s", (version) => {
    const operations = listOperations(version);
    const lines = [
      ...operationTable(operations),
      ...operations.flatMap(({ id }) => {
        const operation = describeOperation(version, id);
        return operation === undefined ? [] : operationPage(operation);
      }),
    ].map((line) => stripVTControlCharacters(line));
    expect(lines.length).toBeGreaterThan(2_000);
    expect(lines.filter((line) => line.length > 100 || line !== line.trimEnd())).toEqual([]);
  });

  it("lists the errata: all, those of a version, and for programs", async () => {
    const [all, programs] = await Promise.all([
      gatetape(["spec", "show", "--errata"]),
      gatetape(["spec", "show", "--errata", "--json", "--ogl", "0.4.1"]),
    ]);
    const ids = (
      JSON.parse(readFileSync("spec/errata.json", "utf8")) as { id: string; ogl: string[] }[]
    ).filter(({ ogl }) => ogl.includes("0.4.1"));
    expect((JSON.parse(programs.stdout) as { errata: { id: string }[] }).errata.map(({ id }) => id)).toEqual(
      ids.map(({ id }) => id),
    );
    for (const { id } of ids) expect(all.stdout).toContain(`  ${id}  OGL `);
    expect(all.stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });

  it("gives programs the schemas and errata of an operation", async () => {
    const { stdout } = await gatetape(["spec", "show", "models.get", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      operation: {
        id: "models.get",
        ogl: "0.4.5",
        secured: true,
        parameters: [{ name: "model", in: "path" }],
        schemas: { Model: { type: "object" } },
        errata: [{ id: "model-id-spans-slashes", by: "operation" }, {}, {}, {}, {}, {}, {}],
      },
    });
  });

  it.each([
    [["embedings.create"], /no operation embedings\.create\n {2}fix: did you mean embeddings\.create\?/],
    [["/health/models", "--ogl", "0.4.1"], /OGL 0\.4\.5 has it: --ogl 0\.4\.5/],
    [["/v1/me/info"], /"GET \/v1\/me\/info", "PATCH \/v1\/me\/info"/],
    [["qqqqqqqqqq"], /fix: gatetape spec show lists them/],
    [["chat.create", "--errata"], /--errata takes no operation/],
  ])("refuses %j with exit code 2 and a fix", async (args, message) => {
    const { code, stdout, stderr } = await gatetape(["spec", "show", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

describe("gatetape spec import", () => {
  let folder: string;
  let server: http.Server;
  let base: string;
  const requested: string[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gatetape-spec-"));
    server = http.createServer(({ url = "" }, response) => {
      requested.push(url);
      if (url === "/openapi.json" || url === "/moved") {
        response.setHeader("content-type", "application/json").end(live);
      } else if (url === "/old") response.writeHead(307, { location: "/moved" }).end();
      else if (url === "/docs") response.end("<!doctype html>");
      else if (url === "/endless") {
        response.write("[");
        response.on("drain", () => void response.write(" ".repeat(65_536)));
        response.write(" ".repeat(1_000_000));
      } else if (url === "/cut")
        response.writeHead(200, { "content-length": 100 }).write("{", () => response.destroy());
      else if (url !== "/silent") response.writeHead(404).end("{}");
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it("pins what a server's base URL gives, names the file by version, and says what it did", async () => {
    const { code, stdout, stderr } = await gatetape(["spec", "import", base], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(requested.at(-1)).toBe("/openapi.json");
    expect(readFileSync(join(folder, "openapi-0.5.0.json"), "utf8")).toBe(live);
    expect(stdout).toMatch(/^openapi-0\.5\.0\.json: OpenGateLLM 0\.5\.0, OpenAPI 3\.1\.0\n/);
    expect(stdout).toContain("64 operations on 38 paths, in the document's order: FastAPI matches in it");
    expect(stdout).toContain("138 components kept, 0 unused dropped");
    expect(stdout).toContain(
      "Against OGL 0.4.5, the nearest that gatetape knows: 0 added, 0 removed, 0 changed, 64 the same",
    );
  });

  it("does not replace a file unless it is told to, and leaves no temporary one", async () => {
    const out = join(folder, "kept.json");
    writeFileSync(out, "mine");
    const refused = await gatetape(["spec", "import", PINNED, "--out", out]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--force");
    expect(readFileSync(out, "utf8")).toBe("mine");
    expect((await gatetape(["spec", "import", PINNED, "--out", out, "--force", "--json"])).code).toBe(0);
    expect(readFileSync(out, "utf8")).toBe(readFileSync(PINNED, "utf8"));
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("checks a server against a pinned file for CI", async () => {
    const pinned = join(folder, "pinned.json");
    writeFileSync(pinned, live);
    const same = await gatetape(["spec", "import", `${base}/old`, "--check", pinned]);
    expect(same).toMatchObject({ code: 0, stdout: `${base}/old matches ${pinned}\n` });
    const [people, programs] = await Promise.all([
      gatetape(["spec", "import", base, "--check", PINNED]),
      gatetape(["spec", "import", base, "--check", PINNED, "--json"]),
    ]);
    expect(people.code).toBe(1);
    expect(people.stdout).toContain("differs from");
    expect(people.stdout).toContain('  ~ /info/version\n      "0.4.5" -> "0.5.0"\n');
    expect(programs.code).toBe(1);
    expect(JSON.parse(programs.stdout)).toMatchObject({
      differences: [{ pointer: "/info/version", kind: "changed", before: '"0.4.5"', after: '"0.5.0"' }],
    });
  });

  it.each([
    ["/docs", /HTML, not JSON\n {2}fix: /],
    ["/v1", /\/v1: answered 404\n {2}fix: try the server's base: http:\/\/127/],
    ["/cut", /can't be fetched: [^]*fix: /],
  ])("refuses what %s gives", async (path, message) => {
    const { code, stdout, stderr } = await gatetape(["spec", "import", base + path], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /); // no stack
  });

  it.each([
    [["http://127.0.0.1:1"], /can't be fetched: .*ECONNREFUSED|can't be fetched: bad port/],
    [["ftp://127.0.0.1/x"], /ftp: can't be fetched/],
    [["http://user:word@127.0.0.1/"], /^gatetape: a URL with a user or password/],
    [["no-such-file.json"], /no-such-file\.json: no such file\n {2}fix: /],
    [["."], /is not a file/],
    [[PINNED, "--check", "no-such-file.json"], /no such file/],
    [[PINNED, "--check", PINNED, "--out", "x"], /cannot be used with/],
    [[], /missing required argument/],
  ])("refuses %j with exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await gatetape(["spec", "import", ...args], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("writes nowhere else, whatever the version says", async () => {
    const file = join(folder, "evil.json");
    writeFileSync(file, live.replace('"0.5.0"', '"0/../../evil"'));
    const { code, stderr } = await gatetape(["spec", "import", file], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain("/info/version");
    expect(stderr).toContain("--out");
    expect(existsSync(join(folder, "..", "evil.json"))).toBe(false);
  });

  it("stops at a size and at a time", async () => {
    await expect(readDocument(`${base}/endless`, HERE, { bytes: 500_000, ms: 20_000 })).rejects.toThrow(
      /has more than/,
    );
    await expect(readDocument(`${base}/silent`, HERE, { bytes: 500_000, ms: 50 })).rejects.toThrow(
      /no complete answer within 0\.05 s\n {2}fix: /,
    );
    expect(() => readDocument(PINNED, HERE, { bytes: 1_000, ms: 1 })).toThrow(/has more than/);
  });
});
