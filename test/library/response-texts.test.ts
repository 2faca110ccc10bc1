/** Responses of a bundled cassette are parsed one by one; they are those of the whole file. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Cassette } from "../../src/cassette/format/types.ts";
import { findCassettes } from "../../src/cassette/index.ts";
import { responseTexts } from "../../src/cassette/library/response-texts.ts";
import { parseJsonSource, printCompact } from "../../src/util/index.ts";

it("in whatever order they are asked for", () => {
  for (const file of findCassettes(["cassettes"])) {
    const text = readFileSync(file, "utf8");
    const { interactions } = parseJsonSource(text) as Cassette;
    const textOf = responseTexts(text);
    for (const [i, { response }] of [...interactions.entries()].toReversed())
      expect(printCompact(parseJsonSource(textOf(i)))).toBe(printCompact(response));
    expect(() => textOf(interactions.length)).toThrow(RangeError);
  }
});
