import { expect, it } from "vitest";
import { type AnsweredBy, answeredByText } from "../../src/exchange/answered-by.ts";

it.each<[string, AnsweredBy]>([
  ["the synthesizer: as the config's respond says", { kind: "reply", from: "respond" }],
  ["the synthesizer: refuses as an upstream does (503)", { kind: "reply", from: "respond", refused: 503 }],
  ["reply 3", { kind: "reply", from: "reply", id: 3 }],
  ["reply 3: refuses as an upstream does (429)", { kind: "reply", from: "reply", id: 3, refused: 429 }],
  ["a fault, before the body was read", { kind: "reply", from: "fault" }],
  ["bad x-gatetape-fault", { kind: "reply", from: "fault-header" }],
  ["CORS preflight", { kind: "reply", from: "cors" }],
  ["scenario stream/plain", { kind: "reply", from: "scenario", name: "stream/plain" }],
  ["my own", { kind: "reply", from: "source", name: "my own" }],
  [
    '"two" (recorded, a.cassette.json)',
    {
      kind: "cassette",
      title: '"two" (recorded, a.cassette.json)',
      file: "a.cassette.json",
      interaction: "two",
    },
  ],
  ["the world", { kind: "ogl" }],
  ["OGL's 422", { kind: "ogl", refused: 422 }],
  ["the synthesizer: health", { kind: "synthesizer", how: "health" }],
  ["upstream", { kind: "upstream" }],
  ["miss: gatetape: no cassette has it", { kind: "miss", detail: "no cassette has it" }],
  ["gatetape failed: Error: x", { kind: "failed", error: "Error: x" }],
])("the log says %s", (text, by) => {
  expect(answeredByText(by)).toBe(text);
});
