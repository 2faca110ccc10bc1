import { writeFileSync } from "node:fs";
import * as http from "node:http";
import { join } from "node:path";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { NockPlayError, playWithNock } from "../../src/nock.ts";
import { temporaryFolder } from "../support/tmp.ts";

const ORIGIN = "https://gateway.example";
const QUESTION = { role: "user", content: "Quelle est la capitale de la France ?" } as const;
const folder = temporaryFolder("nock");

const client = (): OpenAI => new OpenAI({ baseURL: `${ORIGIN}/v1`, apiKey: "sk-anything", maxRetries: 0 });

const INTERIM = {
  informational: [{ status: 103, headers: [] }],
  headers: [
    ["content-length", null],
    ["content-type", "application/json"],
  ],
  body: [{ json: { status: "ok" } }],
};

describe("playWithNock", () => {
  it("answers an SDK that calls the gateway's own address, with no port open", async () => {
    using gateway = playWithNock(ORIGIN, { speed: Infinity });
    const models = await client().models.list();
    expect(models.data.map((model) => model.id)).toContain("qwen3-coder");
    const answer = await client().chat.completions.create({ model: "qwen3-coder", messages: [QUESTION] });
    expect(answer.choices[0]?.message.content).toContain("Paris");
    expect([...gateway.journal.lines()]).toHaveLength(2);
  });

  it("streams, and reports what was read", async () => {
    using gateway = playWithNock(ORIGIN, { speed: Infinity });
    const stream = await client().chat.completions.create({
      model: "qwen3-coder",
      messages: [QUESTION],
      stream: true,
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe("La capitale de la France est Paris.");
    const [line = "{}"] = [...gateway.journal.lines()];
    expect(JSON.parse(line)).toMatchObject({ operation: "chat.stream", delivered: { ended: "complete" } });
  });

  it("answers node:http too, and misses as the mock does", async () => {
    using _ = playWithNock("http://gateway.example:8000", { speed: Infinity, strict: true });
    const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      http
        .get(
          "http://gateway.example:8000/v1/me/keys/7",
          { headers: { authorization: "Bearer x" } },
          (response) => {
            let body = "";
            response.on("data", (bytes: Buffer) => (body += bytes.toString()));
            response.on("end", () => resolve({ status: response.statusCode, body }));
          },
        )
        .on("error", reject);
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("no cassette");
  });

  it("lets go of the address when it is stopped", async () => {
    const gateway = playWithNock("http://127.0.0.1:59999", { speed: Infinity });
    expect((await fetch("http://127.0.0.1:59999/health")).status).toBe(200);
    gateway.stop();
    await expect(fetch("http://127.0.0.1:59999/health")).rejects.toThrow("fetch failed");
  });

  it.each([
    ["reset", { end: { how: "reset" } }, "ends in reset"],
    ["stall", { end: { how: "stall" } }, "ends in stall"],
    ["truncate", { end: { how: "truncate" } }, "ends in truncate"],
    ["interim", INTERIM, "sends an interim response"],
    ["interim, then complete", { ...INTERIM, end: { how: "complete" } }, "sends an interim response"],
  ])("refuses a cassette with a transport fault, with the reason: %s", (name, fault, reason) => {
    const file = join(folder, `${name}.cassette.json`);
    const response = {
      status: 200,
      framing: "length",
      headers: [
        ["content-length", "9"],
        ["content-type", "application/json"],
      ],
      ...fault,
    };
    const interaction = { name: "cut", request: { method: "GET", target: "/health" }, response };
    writeFileSync(
      file,
      JSON.stringify({
        cassette: 1,
        about: { title: "t", origin: "written", ogl: "0.4.5" },
        interactions: [interaction],
      }),
    );
    const play = (): unknown => playWithNock(ORIGIN, { cassettes: [file] });
    expect(play).toThrow(NockPlayError);
    expect(play).toThrow(new RegExp(`"cut".* ${reason}: nock can't do that[^]*fix: play it over a socket`));
  });
});
