/** HARs imported, and what came of them. */
import { expect } from "vitest";
import { encodeBody } from "../../src/cassette/format/codec.ts";
import type { Interaction } from "../../src/cassette/format/types.ts";
import { importHar } from "../../src/cassette/har/import.ts";
import type { ImportResult } from "../../src/cassette/import/collect.ts";

// The names of the world that the captures were made in are nobody's.
const OPTIONS = { title: "t", ogl: "0.4.5", rules: { keep: [/(?:k-)?plain|n1/] } } as const;

export type Json = Record<string, unknown>;
export const imported = async (har: unknown, more: object = {}): Promise<ImportResult> =>
  await importHar("x.har", typeof har === "string" ? har : JSON.stringify(har), { ...OPTIONS, ...more });
export function only({ cassette }: ImportResult): Interaction {
  expect(cassette.interactions).toHaveLength(1);
  return cassette.interactions[0] as Interaction;
}
export const bytesOf = ({ response }: Interaction): string =>
  Buffer.concat(encodeBody(response.body ?? []).map(({ bytes }) => bytes)).toString();
export const writesOf = ({ response }: Interaction): [number, string][] =>
  encodeBody(response.body ?? []).map(({ wait, bytes }) => [wait, Buffer.from(bytes).toString()]);
