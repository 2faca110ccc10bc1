/** Base64 that is binary content, and base64 that has to stay base64. */
import { describe, expect, it } from "vitest";
import { scanForLeaks } from "../../src/secrets/scan/scan.ts";
import { Sanitizer } from "../../src/secrets/sanitizer.ts";
import { mulberry32 } from "../../src/util/random.ts";

const random = mulberry32(7);
const bytes = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
const replaced = (text: string): string => new Sanitizer().replaceText(text);

describe("a field of the protocol", () => {
  const value = bytes(300).toString("base64");
  it.each<[string, (data: string) => object]>([
    ["encrypted_content", (encrypted_content) => ({ type: "reasoning", encrypted_content })],
    ["signature", (signature) => ({ type: "thinking", thinking: "", signature })],
    ["thoughtSignature", (thoughtSignature) => ({ text: "", thoughtSignature })],
    ["thought_signature", (thought_signature) => ({ text: "", thought_signature })],
    ["redactedContent", (redactedContent) => ({ redactedContent })],
    ["data of redacted thinking", (data) => ({ type: "redacted_thinking", data })],
    ["data of redacted thinking, its type last", (data) => ({ data, type: "redacted_thinking" })],
  ])("%s becomes base64 of the same length, and only once", async (_, make) => {
    for (const length of [48, 49, 50, 300, 1000, 5000]) {
      const before = bytes(length).toString("base64");
      const after = replaced(JSON.stringify(make(before)));
      const filler = Object.values(JSON.parse(after) as Record<string, string>).find(
        (one) => one.length === before.length,
      );
      if (filler === undefined) throw new Error(`none of that length: ${after}`);
      expect(filler).not.toBe(before);
      expect(Buffer.from(filler, "base64").toString("base64")).toBe(filler);
      expect(replaced(after)).toBe(after);
      expect(await scanForLeaks([{ name: "x", text: after }])).toEqual([]);
    }
  });

  it("has the same filler for the same content, and another for another", () => {
    const text = (data: string): string => replaced(JSON.stringify({ signature: data }));
    expect(text(value)).toBe(text(value));
    expect(text(value)).not.toBe(text(bytes(300).toString("base64")));
  });

  it("with a secret in it is replaced by a pseudonym", () => {
    const key = `sk-${"Zz9Yy8Xx7".repeat(4)}`;
    const signature = Buffer.from(`the key is ${key}, and that is all there is to say of it`).toString(
      "base64",
    );
    expect(replaced(JSON.stringify({ signature }))).toBe('{"signature":"secret-1"}');
  });
});

describe("binary content", () => {
  it.each(["b64_json", "data_base64", "image_base64", "audio_base64"])(
    "in %s becomes a reference",
    (name) => {
      for (const length of [300, 444, 767, 768, 2000])
        expect(replaced(JSON.stringify({ [name]: bytes(length).toString("base64") }))).toMatch(
          /^\{"\w+":"data:application\/octet-stream;sha256=[\da-f]{64};bytes=\d+,"\}$/,
        );
    },
  );

  it("of another name stays if it is small, as do texts and vectors", () => {
    for (const body of [
      { id: bytes(444).toString("base64") },
      { b64_json: Buffer.from("nothing at all ".repeat(40)).toString("base64") },
      { embedding: bytes(444).toString("base64") },
    ])
      expect(replaced(JSON.stringify(body))).toBe(JSON.stringify(body));
  });
});
