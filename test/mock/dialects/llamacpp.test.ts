/** The llamacpp dialect against exchanges of a real llama.cpp server, byte for byte over a socket. */
import { expect, test } from "vitest";
import { startMock } from "../../../src/mock/index.ts";
import { capturesOf, compare, openAiShape, pageOf } from "./captures.ts";

const CAPTURES = capturesOf("llamacpp");

/** Differences from the captured server, each with its reason; one that has gone fails. */
const KNOWN: Readonly<Record<string, string>> = {
  "llamacpp-server-props": "the template and the media marker are the model's and the process's",
  "llamacpp-server-http10": "the mock's socket says to HTTP/1.0 clients that it closes",
  "llamacpp-server-n-stream":
    "the server decodes in its own order; the mock takes turns from the first choice",
  "llamacpp-server-grammar-bad": "the mock does not read grammars",
  "llamacpp-server-timings-per-token": "the mock tells its timings at the end alone",
  "llamacpp-server-tools-required": "whether a tool is called is the model's choice",
  "llamacpp-server-prefill": "the captured model ends at once; the length is the model's",
  "llamacpp-server-too-long": "the mock's models have no context to exceed",
  "llamacpp-server-too-long-stream": "the mock's models have no context to exceed",
  "llamacpp-server-emb-emb-too-long": "the mock's models have no context to exceed",
  "llamacpp-server-emb-chat-on-embedding": "a model of the mock has one type",
};

test("heads and shapes of bodies are those of a real llama.cpp server", async () => {
  const chat = { models: [{ id: "tiny", type: "text-generation" }] };
  const vectors = { models: [{ id: "tiny-embed", type: "text-embeddings-inference", dimension: 64 }] };
  await using texts = await startMock({ dialects: ["llamacpp"], cassettes: [], world: chat });
  await using embeds = await startMock({ dialects: ["llamacpp"], cassettes: [], world: vectors });
  const [text, embed] = [texts.port, embeds.port];
  const parity = await compare(
    CAPTURES,
    ({ name }) => (name.startsWith("llamacpp-server-emb-") ? embed : text),
    openAiShape,
  );
  await expect(pageOf(parity.different, KNOWN)).toMatchFileSnapshot("differences/llamacpp.txt");
  expect(Object.keys(parity.different).toSorted()).toEqual(Object.keys(KNOWN).toSorted());
  expect([parity.exact.length, parity.alike.length]).toEqual([32, 33]);
}, 60_000);
