/** Binary content in side files: the size of the body decides, not that of the reads in which it came. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { BodyElement, Interaction } from "../../src/cassette/format/types.ts";
import { blobsToSideFiles } from "../../src/cassette/scrub/side-blobs.ts";

/** The sizes of an answer's binary writes, and how each is spelled after the move to side files. */
function spelled(sizes: readonly number[]): { readonly how: string[]; readonly stored: number } {
  const body = sizes.map((size): BodyElement => ({ wait: 1, hex: "ff".repeat(size) }));
  const interaction: Interaction = {
    name: "audio",
    request: { method: "GET", target: "/x", headers: [] },
    response: { status: 200, framing: "length", headers: [], body },
  };
  let stored = 0;
  const moved = blobsToSideFiles(interaction, (bytes) => {
    stored += bytes.length;
    return "hash";
  });
  return {
    how: (moved.response.body ?? []).map((element) => (element.file === undefined ? "hex" : "file")),
    stored,
  };
}

it.each([
  [[100_000], ["file"]],
  [
    [50_000, 50_000],
    ["file", "file"],
  ],
  [
    [100, 65_500],
    ["hex", "file"],
  ],
  [[65_535], ["hex"]],
  [
    [30_000, 30_000],
    ["hex", "hex"],
  ],
])("writes of %j bytes are %j", (sizes, how) => {
  expect(spelled(sizes).how).toEqual(how);
});

it("a large body is in side files, however the network cut it into reads of a kilobyte or more", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1024, max: 40_000 }), { minLength: 1, maxLength: 12 }),
      (sizes) => {
        const all = sizes.reduce((sum, size) => sum + size, 0);
        expect(spelled(sizes).stored).toBe(all < 64 * 1024 ? 0 : all);
      },
    ),
    { numRuns: 50 },
  );
});
