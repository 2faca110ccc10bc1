/** A gate is not green on nothing: it says so where next to nothing was judged. */
import { describe, expect, it } from "vitest";
import { gatetape } from "../../support/cli.ts";
import { temporaryFolder } from "../../support/tmp.ts";
import { type GateRun, gateRun } from "./gate-run.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = temporaryFolder("nothing");

/**
 * A command that sends these requests and ends with 0, whatever is answered. Each has a connection of its own: on a loaded
 * machine an idle one may be closed just when it is used again.
 */
function sends(...requests: readonly { method?: string; path: string; body?: object }[]): string[] {
  const script = `
    import { once } from "node:events";
    import { request } from "node:http";
    const headers = { authorization: "Bearer " + process.env.OPENAI_API_KEY, "content-type": "application/json" };
    for (const { method = "GET", path, body } of ${JSON.stringify(requests)}) {
      const sent = request(process.env.OGL_URL + path, { method: body === undefined ? method : "POST", headers, agent: false });
      sent.end(body === undefined ? undefined : JSON.stringify(body));
      const [answer] = await once(sent, "response");
      await answer.resume().toArray();
    }`;
  return [process.execPath, "--input-type=module", "-e", script];
}
const chat = (more: object = {}): { path: string; body: object } => ({
  path: "/v1/chat/completions",
  body: { model: "qwen3-coder", messages: [{ role: "user", content: "hello" }], ...more },
});
const TOOLS = [{ type: "function", function: { name: "look_up", parameters: { type: "object" } } }];

/** The checks that found something, with what they found first. */
function foundBy({ verdicts }: GateRun): Record<string, string> {
  return Object.fromEntries(
    verdicts.flatMap(({ scenario, findings: [first] }) => (first ? [[scenario, first.message]] : [])),
  );
}

describe.concurrent("the gate warns", () => {
  it.each([
    ["one GET of /health", [{ path: "/health" }]],
    ["one list of models", [{ path: "/v1/models" }]],
  ])("of no POST: %s", async (_, requests) => {
    const ran = await gateRun([], sends(...requests));
    expect(foundBy(ran)).toEqual({ "command/post": expect.stringMatching(/^no POST that OGL has came/) });
    expect(ran.code).toBe(0);
    const strict = await gateRun(["--fail-on", "warn"], sends(...requests));
    expect(strict.code).toBe(1);
  });

  it("of no POST: one OPTIONS, which is refused, too", async () => {
    const ran = await gateRun([], sends({ method: "OPTIONS", path: "/v1/models" }));
    expect(Object.keys(foundBy(ran))).toEqual(expect.arrayContaining(["command/post", "command/answered"]));
  });

  it("of refusals alone, even beside a GET that was answered", async () => {
    const unknown = chat({ model: "gpt-4o" });
    const ran = await gateRun([], sends({ path: "/v1/models" }, unknown, chat({ model: "gpt-4o-mini" })));
    expect(foundBy(ran)).toEqual({
      "command/answered": "none of 2 POSTs was answered with 2xx: 404 (2 times)",
      "request/model":
        'POST /v1/chat/completions: the gateway has no model "gpt-4o"; GET /v1/models lists those it has',
    });
  });

  it("not of refusals that were asked for", async () => {
    const ran = await gateRun(["--fault", "chat.create=status:code=503"], sends(chat()));
    expect(foundBy(ran)).toEqual({});
    const scenario = await gateRun(["--scenario", "error/detail-string"], sends(chat()));
    expect(scenario.requests).toBe(1);
    expect(foundBy(scenario)).toEqual({});
  });

  it("of a model that the user's own world lacks, and of no other", async () => {
    const world = join(folder, "world.json");
    writeFileSync(
      world,
      JSON.stringify({
        ogl: "0.4.1",
        models: [{ id: "mine", type: "text-generation" }],
        keys: [{ key: "sk-a" }],
      }),
    );
    const ran = await gateRun(["--world", world], sends(chat({ model: "mine" }), chat()));
    expect(foundBy(ran)).toEqual({ "request/model": expect.stringContaining('no model "qwen3-coder"') });
    const named = await gateRun(
      ["--world", world],
      sends({ path: "/v1/models/other" }, chat({ model: "mine" })),
    );
    expect(foundBy(named)).toEqual({
      "request/model": expect.stringContaining('GET /v1/models/other: the gateway has no model "other"'),
    });
  });

  it("of tools that OGL 0.4.x never calls, and not of `next`, which does", async () => {
    const ran = await gateRun([], sends(chat({ tools: TOOLS })));
    expect(foundBy(ran)).toEqual({ "ogl/tool-choice": expect.stringContaining("tools without tool_choice") });
    const fine = [
      gateRun([], sends(chat({ tools: TOOLS, tool_choice: "auto" }))),
      gateRun([], sends(chat({ tools: TOOLS, tool_choice: "none" }))),
      gateRun([], sends(chat({ tools: [] }))),
      gateRun(["--ogl", "next"], sends(chat({ tools: TOOLS }))),
    ];
    for (const one of await Promise.all(fine)) expect(one.requests).toBe(1);
    for (const one of await Promise.all(fine)) expect(foundBy(one)).toEqual({});
  });

  it("of base64 embeddings, by one check in each generation", async () => {
    const embed = (more: object): { path: string; body: object } => ({
      path: "/v1/embeddings",
      body: { model: "nomic-embed-text", input: "a", ...more },
    });
    const late = await gateRun([], sends(embed({ encoding_format: "base64" }), chat()));
    expect(foundBy(late)).toEqual({
      "ogl/encoding-format": expect.stringContaining("encoding_format is base64"),
    });
    const early = await gateRun(["--ogl", "0.4.1"], sends(embed({ encoding_format: "base64" }), chat()));
    expect(Object.keys(foundBy(early))).toEqual(["request/schema"]);
    for (const more of [{}, { encoding_format: "float" }])
      expect(foundBy(await gateRun([], sends(embed(more))))).toEqual({});
  });
});

describe("a gate that judges nothing fails", () => {
  it.each([
    ["all checks are off", ["--level", "*=off"]],
    ["the rest sees nothing", ["--level", "*=off", "--level", "cassette/miss=must"]],
  ])("%s", async (_, flags) => {
    const { code, stderr } = await gatetape(["gate", ...flags, "--", ...sends(chat())]);
    expect(code).toBe(1);
    expect(stderr).toContain("problem: nothing was judged: each check is switched off by --level");
  });

  it("but one check is enough", async () => {
    const { code, stderr } = await gatetape([
      "gate",
      "--level",
      "*=off",
      "--level",
      "command/ends=must",
      "--",
      ...sends(chat()),
    ]);
    expect({ code, problem: stderr.includes("problem") }).toEqual({ code: 0, problem: false });
  });
});
