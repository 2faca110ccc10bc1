import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { printCassette } from "../../../src/cassette/format/print.ts";
import type { Interaction } from "../../../src/cassette/format/types.ts";
import { replayFixtureOf } from "../../../src/cassette/foreign/replay-export.ts";
import { findCassettes } from "../../../src/cassette/library/find.ts";
import { bundledLibrary } from "../../../src/cassette/library/library.ts";
import { loadCassette } from "../../../src/cassette/library/load.ts";
import { FILES, bodyText, exchangesOf, importBytes, importOf, leftOutOf } from "../../support/import.ts";

const noSideFile = (): never => {
  throw new Error("none here");
};

describe("a ReplayFixture of OmniLLM", () => {
  it("becomes an interaction below /v1, with JSON, multipart, text and binary bodies", async () => {
    const result = await importOf("replay-fixtures.json");
    expect(exchangesOf(result)).toEqual([
      "POST /v1/chat/completions 200",
      "POST /v1/audio/transcriptions?language=fr 200",
      "POST /v1/audio/speech 200",
    ]);
    const [chat, transcription, speech] = result.cassette.interactions;
    expect(bodyText(chat as Interaction)).toBe('{"id":"c1","cost":9e-06}');
    expect(printCassette(result.cassette)).toContain('"temperature": 1.0');
    expect(printCassette(result.cassette)).not.toContain("sk-abc");
    expect(transcription?.request.form).toEqual([
      { name: "model", text: "whisper-1" },
      { name: "file", filename: 'a".mp3', contentType: "audio/mpeg", hex: "fffb0001" },
    ]);
    expect(bodyText(transcription as Interaction)).toBe("Bonjour");
    expect(speech?.request).toMatchObject({
      text: "hello",
      headers: [
        ["accept", "audio/mpeg"],
        ["content-type", "text/plain; charset=utf-8"],
      ],
    });
    expect(speech?.response).toMatchObject({
      headers: [
        ["content-type", "audio/mpeg"],
        ["content-length", null],
      ],
      body: [{ hex: "fffb0001" }],
    });
  });

  it("whose content OmniLLM replaced is left out", async () => {
    expect(leftOutOf(await importOf("replay-fixtures.json"))).toEqual([
      [42, "/3", "its content was replaced when OmniLLM saved it"],
    ]);
  });

  it("may stand alone, or one a line", async () => {
    const [first, second] = JSON.parse(readFileSync(`${FILES}/replay-fixtures.json`, "utf8")) as object[];
    expect(exchangesOf(await importBytes("x.json", JSON.stringify(first, null, 1)))).toHaveLength(1);
    const lines = `${JSON.stringify(first)}\n\n${JSON.stringify(second)}\n${JSON.stringify({ ...first, response: {} })}\n`;
    const result = await importBytes("x.jsonl", lines);
    expect(exchangesOf(result)).toHaveLength(2);
    expect(leftOutOf(result)).toEqual([[4, undefined, "its response has no status"]]);
  });

  it("is made of an interaction and gives the same exchange again", async () => {
    const interactions = findCassettes([bundledLibrary("0.4.5")]).flatMap(
      (file) => loadCassette(file).cassette.interactions,
    );
    let compared = 0;
    for (const interaction of interactions) {
      const fixture = replayFixtureOf(interaction, noSideFile);
      if (typeof fixture === "string") continue;
      const [again] = (await importBytes("x.json", JSON.stringify(fixture))).cassette.interactions;
      const { request, response } = again as Interaction;
      expect([request.method, request.target, request.json, request.form, response.status]).toEqual([
        interaction.request.method,
        interaction.request.target,
        interaction.request.json,
        interaction.request.form,
        interaction.response.status,
      ]);
      const isJson = fixture.response.body.type === "json";
      const [before, after] = [interaction, again as Interaction].map((one) =>
        isJson ? (JSON.parse(bodyText(one)) as unknown) : bodyText(one),
      );
      expect(after).toEqual(before);
      compared++;
    }
    expect(compared).toBeGreaterThan(20);
  });

  const request = { method: "POST", target: "/v1/chat/completions", json: {} };
  it.each<[reason: string, interaction: Interaction]>([
    [
      "OmniLLM has no wire format for its path",
      { name: "n", request: { method: "GET", target: "/v1/models" }, response: { status: 200 } },
    ],
    [
      "OmniLLM has no method HEAD",
      { name: "n", request: { ...request, method: "HEAD" }, response: { status: 200 } },
    ],
    ["its response has no status", { name: "n", request, response: { end: { how: "reset" } } }],
    ["its response breaks off", { name: "n", request, response: { status: 200, end: { how: "truncate" } } }],
  ])("is not made of one for which %s", (reason, interaction) => {
    expect(replayFixtureOf(interaction, noSideFile)).toBe(reason);
  });
});
