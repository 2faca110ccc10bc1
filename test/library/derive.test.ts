import { describe, expect, it } from "vitest";
import { deriveTo045 } from "../../scripts/library/derive-0.4.5.ts";
import { encodeBody } from "../../src/cassette/format/codec.ts";
import type { Cassette } from "../../src/cassette/format/types.ts";
import { importExchanges, parseExchanges } from "../../src/cassette/import/import.ts";
import { type Capture, parseResponse, readCaptures } from "../support/captures.ts";

/** Energy depends on how long the upstream took: it differs between any two answers of the real server. */
const volatile = (text: string): string => text.replaceAll(/("(?:kWh|kgCO2eq|min|max)": ?)[\d.e-]+/g, "$1*");

const captures = readCaptures();
const find = (file: string, name: string): Capture => {
  const capture = captures.find((candidate) => candidate.file === file && candidate.name === name);
  if (capture === undefined) throw new Error(`no capture ${name} in ${file}`);
  return capture;
};
const importOne = ({ file, line }: Capture): Promise<Cassette> =>
  importExchanges(file, parseExchanges(file, line), {
    about: { title: "t", origin: "recorded", ogl: "0.4.1" },
  });

describe("deriveTo045", () => {
  it.each([
    ["chat.jsonl", "chat-simple", "045p-chat.jsonl", "chat-simple"],
    ["emb.jsonl", "emb-trailing-slash", "045p-emb.jsonl", "emb-float"],
    ["rerank.jsonl", "rerank-vllm", "045p-rerank.jsonl", "rerank"],
    ["stream.jsonl", "stream-plain", "045p-stream.jsonl", "stream-plain"],
    ["stream.jsonl", "stream-include-usage", "045p-stream.jsonl", "stream-include-usage"],
    ["stream.jsonl", "stream-up-die-mid", "045p-stream.jsonl", "stream-die-mid"],
  ])(
    "makes of %s %s what a server with the 0.4.5 schemas sends",
    async (file, name, patchedFile, patchedName) => {
      const [interaction] = (await importOne(find(file, name))).interactions;
      const derived = deriveTo045(interaction as NonNullable<typeof interaction>);
      const real = parseResponse(find(patchedFile, patchedName).response);
      const writes = encodeBody(derived.response.body ?? []).map((write) =>
        volatile(Buffer.from(write.bytes).toString()),
      );
      const expected = (real.chunks ?? [real.body]).map((bytes) => volatile(bytes.toString()));
      expect(writes).toEqual(expected);
    },
  );

  it("is pure: what it is given stays as it is", async () => {
    const [interaction] = (await importOne(find("chat.jsonl", "chat-simple"))).interactions;
    const before = JSON.stringify(interaction);
    deriveTo045(interaction as NonNullable<typeof interaction>);
    expect(JSON.stringify(interaction)).toBe(before);
  });

  it("changes nothing but the fields it names", async () => {
    for (const capture of captures.filter(({ file }) => file === "chat.jsonl")) {
      if (capture.name === "chat-array-root") continue;
      const [interaction] = (await importOne(capture)).interactions;
      const derived = deriveTo045(interaction as NonNullable<typeof interaction>);
      const body = (cassette: typeof derived): string =>
        Buffer.concat(encodeBody(cassette.response.body ?? []).map((write) => write.bytes)).toString();
      const back = body(derived).replaceAll(
        /"carbon":( ?)\{"kWh": ?\{"min": ?([^,]*), ?"max": ?\2\}, ?"kgCO2eq": ?\{"min": ?([^,]*), ?"max": ?\3\}\}, ?"impacts": ?\{"kWh": ?\2, ?"kgCO2eq": ?\3\}/g,
        (_, blank: string, kwh: string, kg: string) =>
          `"carbon":${blank}{"kWh":${blank}${kwh},${blank}"kgCO2eq":${blank}${kg}}`,
      );
      expect(back).toBe(body(interaction as NonNullable<typeof interaction>));
    }
  });
});
