/** Ollama's OpenAI layer against exchanges of a real Ollama 0.17.4, byte for byte over a socket. */
import { expect, test } from "vitest";
import { startMock } from "../../../src/mock/index.ts";
import { capturesOf, compare, openAiShape, pageOf } from "./captures.ts";

/** Differences from the captured server, each with its reason; one that has gone fails. */
const KNOWN: Readonly<Record<string, string>> = {
  "ollama-v1-tools-unsupported": "every model of the mock takes tools",
  "ollama-v1-reasoning": "every model of the mock takes any effort",
  "ollama-v1-reasoning-stream": "every model of the mock takes any effort",
  "ollama-v1b-thinking-json": "the mock's models think only in a reply that says so",
  "ollama-v1b-thinking-stream": "the mock's models think only in a reply that says so",
};

test("heads and shapes of bodies are those of a real Ollama", async () => {
  const models = [
    { id: "tiny", type: "text-generation" },
    { id: "tiny-embed", type: "text-embeddings-inference", dimension: 64 },
    { id: "tiny-long", type: "text-generation" },
    { id: "tiny-think", type: "text-generation" },
  ];
  await using mock = await startMock({ dialects: ["ollama"], cassettes: [], world: { models } });
  const parity = await compare(capturesOf("ollama-v1"), () => mock.port, openAiShape);
  await expect(pageOf(parity.different, KNOWN)).toMatchFileSnapshot("differences/ollama-v1.txt");
  expect(Object.keys(parity.different).toSorted()).toEqual(Object.keys(KNOWN).toSorted());
  expect([parity.exact.length, parity.alike.length]).toEqual([26, 35]);
}, 60_000);
