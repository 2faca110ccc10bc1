/** The gate of an application with cassettes of its own: what was played, what was missed, and what is asked of both. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatetape } from "../../support/cli.ts";
import { type GateRun, gateRun } from "./gate-run.ts";

const question = (content: string): object => ({ model: "m", messages: [{ role: "user", content }] });
const answer = (content: string): object => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_760_000_000,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
});
const interaction = (name: string, body: object, status: number, json: object): object => ({
  name,
  request: {
    method: "POST",
    target: "/v1/chat/completions",
    headers: [["content-type", "application/json"]],
    json: body,
  },
  response: {
    status,
    framing: "length",
    headers: [
      ["date", null],
      ["content-length", null],
      ["content-type", "application/json"],
    ],
    body: [{ json }],
  },
});
const CASSETTE = {
  cassette: 1,
  about: { title: "the app's", origin: "written", ogl: "0.4.5" },
  interactions: [
    interaction("one", question("one"), 200, answer("first")),
    interaction("two", question("two"), 200, answer("second")),
    interaction("three", question("three"), 200, answer("third")),
    interaction("refused on purpose", { model: "m", messages: [], temperature: "hot" }, 422, {
      detail: [
        {
          type: "float_parsing",
          loc: ["body", "temperature"],
          msg: "Input should be a valid number",
          input: "hot",
        },
      ],
    }),
  ],
};

let folder: string;
let logs: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatetape-app-"));
  logs = join(folder, "app.cassette.json");
  writeFileSync(logs, JSON.stringify(CASSETTE));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Asks these bodies one after another and prints the answers. */
function wants(...bodies: object[]): string[] {
  const script = `
    for (const body of ${JSON.stringify(bodies)}) {
      const headers = { authorization: "Bearer " + process.env.OPENAI_API_KEY, "content-type": "application/json" };
      const answer = await fetch(process.env.OPENAI_BASE_URL + "/chat/completions", { method: "POST", headers, body: JSON.stringify(body) });
      console.log(await answer.text());
    }`;
  return [process.execPath, "--input-type=module", "-e", script];
}
const run = (flags: string[], ...bodies: object[]): Promise<GateRun> =>
  gateRun(["--cassettes", logs, ...flags], wants(...bodies));
const results = ({ verdicts }: GateRun, ...wanted: string[]): string[] =>
  verdicts.filter(({ result }) => wanted.includes(result)).map(({ scenario }) => scenario);

describe.concurrent("an application's cassettes", () => {
  it("are covered as far as they were played, and what was not is named", async () => {
    const { code, stdout, stderr } = await gatetape([
      "gate",
      "--cassettes",
      logs,
      "--strict",
      "--min-coverage",
      "50",
      "--",
      ...wants(question("one"), question("two")),
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain("first");
    expect(stderr).toContain("cassettes: 2 of 4 interactions played (50 %)\n");
    expect(stderr).toMatch(/^ {2}not played: "three" \(written, .*app\.cassette\.json\)$/m);
  });

  it("that are many are named by ten, and all of them in the reports", async () => {
    const many = join(folder, "many.cassette.json");
    const names = Array.from({ length: 13 }, (_, i) => `number ${i}`);
    const interactions = names.map((name) => interaction(name, question(name), 200, answer(name)));
    writeFileSync(many, JSON.stringify({ ...CASSETTE, interactions }));
    const [markdown, ndjson] = ["many.md", "many.ndjson"].map((name) => join(folder, name));
    const { stderr } = await gatetape([
      "gate",
      `--cassettes=${many}`,
      `--report=markdown=${markdown}`,
      `--report=ndjson=${ndjson}`,
      "--",
      ...wants(question("number 0")),
    ]);
    expect(stderr.match(/^ {2}not played: /gm)).toHaveLength(10);
    expect(stderr).toContain("\n  and 2 more\n");
    for (const file of [markdown, ndjson]) {
      const text = readFileSync(file ?? "", "utf8");
      const named = names.filter((name) => text.includes(`"${name}\\"`) || text.includes(`"${name}"`));
      expect([file, named]).toEqual([file, names.slice(1)]);
    }
  });

  it("that are played too little fail the gate", async () => {
    const ran = await run(["--strict", "--min-coverage", "60%"], question("one"), question("two"));
    expect(ran.code).toBe(1);
    expect(results(ran, "fail")).toEqual([]);
    const [end] = ran.lines.flatMap((line) => ("end" in line ? [line.end] : []));
    expect(end?.problems).toEqual([
      "50 % of the recorded interactions were played, --min-coverage asks for 60 %",
    ]);
    expect(end?.traffic?.coverage.interactions).toMatchObject({ played: 2, all: 4 });
  });

  it("that do not know a request fail it in --strict", async () => {
    const ran = await run(["--strict"], question("one"), question("four"));
    expect(ran.code).toBe(1);
    expect(results(ran, "fail")).toEqual(["cassette/miss"]);
  });

  it("leave it to the synthesizer otherwise", async () => {
    const ran = await run([], question("one"), { ...question("four") });
    expect(results(ran, "fail", "warn")).toEqual([]);
    expect(ran.code).toBe(0);
  });

  it("say which invalid requests are meant", async () => {
    const meant = { model: "m", messages: [], temperature: "hot" };
    const ran = await run(["--strict"], meant);
    expect({ code: ran.code, wrong: results(ran, "fail", "warn") }).toEqual({ code: 0, wrong: [] });
    const other = await run([], { ...meant, temperature: "cold" });
    expect(results(other, "fail")).toEqual(["request/schema"]);
  });

  it("must be given for --min-coverage", async () => {
    const { code, stderr } = await gatetape(["gate", "--min-coverage", "10", "--", "true"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--min-coverage counts your own cassettes, and none are given");
  });
});

describe.concurrent("the word that has to be printed", () => {
  const talk = question("What is the word?");

  it("is made up and answered, and seen in the output", async () => {
    const ran = await gateRun(["--expect-stdout-token"], wants({ ...talk, model: "qwen3-coder" }));
    expect(ran.verdicts.find(({ scenario }) => scenario === "command/output")?.result).toBe("pass");
    // Stdout is the record's; the command's own went to stderr.
    expect(ran.stderr).toMatch(/gt[0-9a-f]{12} is the word\./);
  });

  it("may be one of a cassette", async () => {
    const printed = await run(["--expect-stdout-token", "second"], question("two"));
    expect(printed.code).toBe(0);
    const other = await run(["--expect-stdout-token", "second"], question("one"));
    expect(other.code).toBe(1);
    expect(
      other.verdicts.find(({ scenario }) => scenario === "command/output")?.findings[0]?.message,
    ).toContain('neither an answer nor the command\'s stdout had "second" in it');
  });

  it("is missed where the command keeps the answer to itself", async () => {
    const silent = [
      ...wants(question("two")).slice(0, -1),
      wants(question("two")).at(-1)?.replace("console.log", "void ") ?? "",
    ];
    const ran = await gateRun(["--cassettes", logs, "--expect-stdout-token", "second"], silent);
    expect(ran.verdicts.find(({ scenario }) => scenario === "command/output")?.findings[0]?.message).toBe(
      'the answer had "second" in it, and the command\'s stdout has not',
    );
  });
});

describe.concurrent("what is asked of the gate", () => {
  const invalid = { ...question("x"), model: "qwen3-coder", n: "many" };

  it("may be weighed otherwise", async () => {
    const ran = await gateRun(["--level", "request/*=should"], wants(invalid));
    expect({ code: ran.code, warn: results(ran, "warn") }).toEqual({
      code: 0,
      warn: ["command/answered", "request/schema"],
    });
    const hard = await gateRun(["--level", "request/*=should", "--fail-on", "warn"], wants(invalid));
    expect(hard.code).toBe(1);
    const off = await gateRun(["--level", "request/schema=off"], wants(invalid));
    expect({ code: off.code, skipped: results(off, "skipped") }).toEqual({
      code: 0,
      skipped: ["request/schema"],
    });
    const param = await gatetape(["gate", "--param", "chat.crate:temperature=0", "--", "true"]);
    expect({ code: param.code, stderr: param.stderr }).toEqual({
      code: 2,
      stderr: 'gatetape: --param: no operation is called "chat.crate"\n  fix: did you mean chat.create?\n',
    });
    const slip = await gatetape(["gate", "--level", "request/shema=off", "--", "true"]);
    expect(slip).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("there is no such check") as string,
    });
  });

  it("may be known to fail, until it does not", async () => {
    const known = join(folder, "known.txt");
    writeFileSync(known, "request/schema   # corrected in the next version\n");
    const ran = await gateRun(["--known-failures", known], wants(invalid));
    expect({ code: ran.code, known: results(ran, "known") }).toEqual({ code: 0, known: ["request/schema"] });
    const corrected = await gateRun(
      ["--known-failures", known],
      wants({ ...question("x"), model: "qwen3-coder" }),
    );
    expect(corrected.code).toBe(1);
    const [end] = corrected.lines.flatMap((line) => ("end" in line ? [line.end] : []));
    expect(end?.problems[0]).toContain("request/schema passes now");
  });

  it("goes into every report", async () => {
    const file = (name: string): string => join(folder, `report-${name}`);
    const formats = ["ndjson", "json", "junit", "markdown", "github", "badge"];
    const { code } = await gatetape([
      "gate",
      ...formats.flatMap((format) => ["--report", `${format}=${file(format)}`]),
      "--",
      ...wants(invalid),
    ]);
    expect(code).toBe(1);
    const text = (format: string): string => readFileSync(file(format), "utf8");
    expect(JSON.parse(text("badge"))).toEqual({
      schemaVersion: 1,
      label: "gatetape",
      message: "1 failing",
      color: "red",
    });
    expect(text("junit")).toMatch(
      /<testsuites name="gatetape traffic">\n {2}<testsuite .* tests="31" failures="1" /,
    );
    expect(text("markdown")).toMatch(/^31 checks: 1 fail, /m);
    expect(text("markdown")).toContain("1 request: chat.create 1.");
    expect(text("github")).toMatch(/^::error title=.*%3A request\/schema::request\/schema: POST /m);
    expect(JSON.parse(text("json"))).toMatchObject({ clients: [{ complete: true }] });
    // The record is whole: all others can be made of it again.
    const again = await gatetape(["report", "merge", file("ndjson"), "--report", "junit=-"]);
    expect(again.stdout).toBe(text("junit"));
    expect(existsSync(file("ndjson"))).toBe(true);
  });

  it("may be a scenario: what its user was given stays unseen", async () => {
    const ran = await gateRun(
      ["--scenario", "retry/not-for-client-errors"],
      wants({ ...question("x"), model: "ok" }),
    );
    const verdict = ran.verdicts.find(({ scenario }) => scenario === "retry/not-for-client-errors");
    expect(verdict).toMatchObject({ result: "not-observable", findings: [] });
    const twice = wants({ ...question("x"), model: "ok" }, { ...question("x"), model: "ok" });
    const wrong = await gateRun(["--scenario", "retry/not-for-client-errors"], twice);
    expect(results(wrong, "fail", "warn").toSorted()).toEqual([
      "retry/not-for-client-errors",
      "retry/refused",
    ]);
  });
});
