import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { newAjv } from "../spec/index.ts";
import { CassetteError, type CassetteErrorCode } from "./cassette-error.ts";
import { checkInteraction, type CheckedFinding } from "./check.ts";
import { parseJsonFile, placeOfPointer } from "./json-file.ts";
import type { ReadSideFile } from "./codec.ts";
import { CASSETTE_VERSION, type Cassette } from "./types.ts";
import schema from "./cassette-1.schema.json" with { type: "json" };

/** A larger file is refused before it is read: parsing needs several times its size. */
export const MAX_CASSETTE_BYTES: number = 64 * 1024 * 1024;

export interface LoadedCassette {
  readonly file: string;
  readonly cassette: Cassette;
  readonly readSideFile: ReadSideFile;
  /** Every deviation that was found and is let stand by a waiver. */
  readonly waived: readonly CheckedFinding[];
  /** Waivers that cover nothing, as JSON pointers into the file. */
  readonly staleWaivers: readonly string[];
}

let validateFile: ValidateFunction | undefined;

/**
 * Reads and validates one cassette: file schema, responses, events and requests against the spec, leak rules, side
 * files.
 * @throws CassetteError with file, place, reason and mend; of several problems the first, the others as `cause`
 */
export function loadCassette(file: string): LoadedCassette {
  const text = readText(file);
  return checkCassette(file, text, sideFileReader(file, text));
}

/**
 * Validates the text of a cassette.
 * @param file what errors call it
 * @throws CassetteError as `loadCassette` does
 */
export function checkCassette(file: string, text: string, readSideFile: ReadSideFile): LoadedCassette {
  const json = parseJsonFile(file, text);
  const problem = (code: CassetteErrorCode, pointer: string, reason: string, mend: string): CassetteError =>
    new CassetteError(code, placeOfPointer(file, text, pointer), reason, mend);

  const version = (json as { cassette?: unknown } | null)?.cassette;
  if (typeof version === "number" && version > CASSETTE_VERSION) {
    throw problem(
      "newer-version",
      "/cassette",
      `the cassette has format version ${version}, this gatetape reads up to ${CASSETTE_VERSION}`,
      "update gatetape, or record the cassette again with this one",
    );
  }
  validateFile ??= newAjv({ strict: false, allErrors: false }).compile(schema);
  // Raw numbers are objects to Ajv: the schema sees the plain value.
  if (!validateFile(JSON.parse(text))) {
    const error = (validateFile.errors ?? []).at(0) as ErrorObject;
    throw problem(
      "schema",
      error.instancePath,
      `not a cassette: ${schemaMessage(error)}`,
      "see the JSON Schema that $schema names, or docs/cassettes.md",
    );
  }
  const cassette = json as Cassette;

  const waived: CheckedFinding[] = [];
  const staleWaivers: string[] = [];
  const problems: CassetteError[] = [];
  for (const [i, interaction] of cassette.interactions.entries()) {
    const checked = checkInteraction(interaction, cassette.about, readSideFile);
    for (const { code, place, message, mend } of checked.problems)
      problems.push(problem(code, `/interactions/${i}${place}`, `"${interaction.name}": ${message}`, mend));
    waived.push(
      ...checked.waived.map((finding) => ({ ...finding, place: `/interactions/${i}${finding.place}` })),
    );
    staleWaivers.push(...checked.staleWaivers.map((place) => `/interactions/${i}${place}`));
  }
  const [first, ...others] = problems;
  if (first !== undefined) {
    if (others.length > 0) first.cause = others;
    throw first;
  }
  return { file, cassette, readSideFile, waived, staleWaivers };
}

/** All problems that an error of `loadCassette` stands for. */
export function problemsOf(error: CassetteError): CassetteError[] {
  return [error, ...(Array.isArray(error.cause) ? (error.cause as CassetteError[]) : [])];
}

/** The SHA-256 of a file's bytes, in hexadecimal. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function readText(file: string): string {
  let size: number;
  try {
    const stat = statSync(file);
    if (!stat.isFile())
      throw new CassetteError(
        "unreadable",
        { file },
        "is not a file",
        "name a cassette file, or a folder that holds some",
      );
    size = stat.size;
  } catch (error) {
    if (error instanceof CassetteError) throw error;
    throw new CassetteError(
      "not-found",
      { file },
      "no such file or folder",
      "check the path; relative paths start at the current folder",
    );
  }
  if (size > MAX_CASSETTE_BYTES) {
    throw new CassetteError(
      "too-large",
      { file },
      `has ${(size / 2 ** 20).toFixed(0)} MiB, the limit is ${MAX_CASSETTE_BYTES / 2 ** 20} MiB`,
      "split it into several cassettes, or move large bodies to side files",
    );
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new CassetteError(
      "unreadable",
      { file },
      `can't be read: ${(error as Error).message}`,
      "check its permissions",
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CassetteError(
      "not-utf8",
      { file },
      "is not UTF-8",
      "save it as UTF-8; bytes that are none are spelled as `hex`",
    );
  }
}

/** Reads side files from the folder `files` beside the cassette, and from nowhere else. */
export function sideFileReader(file: string, text: string): ReadSideFile {
  const folder = join(dirname(file), "files");
  const cache = new Map<string, Uint8Array>();
  const fail = (hash: string, reason: string, mend: string): never => {
    const offset = text.indexOf(hash);
    const line = offset === -1 ? {} : { line: text.slice(0, offset).split("\n").length };
    throw new CassetteError(
      "side-file",
      { file, ...line },
      `side file ${hash.slice(0, 12)}…: ${reason}`,
      mend,
    );
  };
  return (hash) => {
    const known = cache.get(hash);
    if (known !== undefined) return known;
    if (!/^[0-9a-f]{64}$/.test(hash))
      return fail(hash, "the name is no SHA-256", "side files are named by the hash of their content");
    const path = join(folder, hash);
    let bytes: Uint8Array;
    try {
      if (!realpathSync(path).startsWith(realpathSync(folder) + sep))
        return fail(hash, "leads out of the cassette's folder", "replace the link by the file itself");
      bytes = readFileSync(path);
    } catch (error) {
      if (error instanceof CassetteError) throw error;
      return fail(
        hash,
        `is not in ${join(basename(dirname(file)), "files")}`,
        "put it there, or record the interaction again",
      );
    }
    if (hashOf(bytes) !== hash)
      return fail(hash, "its content has another hash", "restore it; content and name belong together");
    cache.set(hash, bytes);
    return bytes;
  };
}

function schemaMessage(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  if (error.keyword === "additionalProperties")
    return `unknown member ${JSON.stringify(params["additionalProperty"])}`;
  if (error.keyword === "enum") return `must be one of ${JSON.stringify(params["allowedValues"])}`;
  if (error.keyword === "const") return `must be ${JSON.stringify(params["allowedValue"])}`;
  if (error.keyword === "oneOf") return "an element has exactly one of sse, json, text, hex and file";
  return error.message ?? error.keyword;
}
