/** Tokens of GPT-2, compared with those of the package whose vocabulary they are made of. */
import * as fc from "fast-check";
import { countTokens, decode, encode } from "gpt-tokenizer/encoding/r50k_base";
import { describe, expect, it } from "vitest";
import { countGpt2, tokenizeGpt2 } from "../../../src/util/gpt2/segments.ts";

const NOTHING_SPECIAL = { disallowedSpecial: new Set<string>() };

const TEXTS = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.stringMatching(/^[a-zA-Z0-9 '.,!?\n-]{0,80}$/),
  fc.stringMatching(/^[\u4e00-\u9fff\uac00-\ud7a3\u0400-\u04ff 😀-😎]{0,60}$/u),
);

describe("the tokens of a text", () => {
  it("are as many as the package counts, and give the text again", () => {
    fc.assert(
      fc.property(TEXTS, (text) => {
        const tokens = tokenizeGpt2(text);
        expect(tokens.map((token) => token.text).join("")).toBe(text);
        expect(tokens).toHaveLength(encode(text, NOTHING_SPECIAL).length);
        expect(countGpt2(text)).toBe(countTokens(text, NOTHING_SPECIAL));
      }),
      { numRuns: 300 },
    );
  });

  it("are those of the package, where no token splits a character", () => {
    for (const text of [
      "Tell me about bridges, won't you?",
      "1234567890".repeat(40),
      "aXb9".repeat(90),
      " \n\n  x",
    ]) {
      const expected = encode(text, NOTHING_SPECIAL).map((token) => decode([token]));
      expect(tokenizeGpt2(text).map((token) => token.text)).toEqual(expected);
    }
  });

  it("end at half a surrogate pair, from which on the text is one part", () => {
    expect(tokenizeGpt2("half \ud83d pair").map((token) => token.text)).toEqual(["half", " \ud83d pair"]);
    expect(tokenizeGpt2("half \ud83d pair").reduce((sum, { tokens }) => sum + tokens, 0)).toBe(
      countGpt2("half \ud83d pair"),
    );
  });
});
