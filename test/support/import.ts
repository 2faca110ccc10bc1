import { readFileSync } from "node:fs";
import { join } from "node:path";
import { importFile, type ImportFileOptions } from "../../src/cassette/foreign/import-file.ts";
import { encodeBody } from "../../src/cassette/format/codec.ts";
import { checkCassette } from "../../src/cassette/format/load.ts";
import { printCassette } from "../../src/cassette/format/print.ts";
import { matchRequestOf } from "../../src/cassette/format/request.ts";
import type { Interaction } from "../../src/cassette/format/types.ts";
import type { ImportResult } from "../../src/cassette/import/collect.ts";
import { MatchIndex } from "../../src/cassette/match/match.ts";

/** Files of other tools, as they saved them. */
export const FILES = "test/cassette/foreign/files";

/** Imports a committed file, and holds that the cassette loads as it is. */
export function importOf(name: string, options: Partial<ImportFileOptions> = {}): Promise<ImportResult> {
  const file = join(FILES, name);
  return importBytes(file, readFileSync(file), options);
}

/** Imports the bytes of a file, and holds that the cassette loads as it is. */
export async function importBytes(
  file: string,
  content: Uint8Array | string,
  options: Partial<ImportFileOptions> = {},
): Promise<ImportResult> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const result = await importFile(file, bytes, { title: "t", ogl: "0.4.5", ...options });
  checkCassette(file, printCassette(result.cassette), () => Buffer.alloc(0));
  const index = new MatchIndex<{ request: ReturnType<typeof matchRequestOf>; match: object }>();
  for (const { request, match = {} } of result.cassette.interactions)
    index.add({ request: matchRequestOf(request), match });
  const [twice] = index.ambiguities(1);
  if (twice !== undefined) throw new Error("two interactions match the same request: no mock would start");
  return result;
}

/** The left-out exchanges: line, pointer and reason. */
export function leftOutOf({ leftOut }: ImportResult): (string | number | undefined)[][] {
  return leftOut.map(({ location: { line, pointer }, reason }) => [line, pointer, reason]);
}

/** The body of a response as text. */
export function bodyText({ response }: Interaction): string {
  return Buffer.concat(encodeBody(response.body ?? []).map(({ bytes }) => bytes)).toString();
}

/** Method, target and status of each interaction. */
export function exchangesOf({ cassette }: ImportResult): string[] {
  return cassette.interactions.map(
    ({ request, response }) => `${request.method} ${request.target} ${response.status}`,
  );
}
