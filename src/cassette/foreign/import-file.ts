import { JsonLocations, isObject, plainJson } from "../../util/index.ts";
import { CassetteError, type CassetteErrorLocation, parseJsonFile } from "../format/index.ts";
import { type ReadAttached, parseHar } from "../har/index.ts";
import {
  type CollectOptions,
  type ImportFormat,
  type ImportResult,
  type ParsedImport,
  collectImport,
  parseLines,
} from "../import/index.ts";
import {
  attachedBeside,
  attachedInZip,
  decodedFile,
  gunzippedFile,
  isZip,
  namesInZip,
  textInZip,
} from "./input.ts";
import { parseNock } from "./nock.ts";
import { type OtherKind, kindOfBytes, kindOfText, kindOfZip } from "./recognise.ts";
import { parseReplayFixtures } from "./replay-fixture.ts";
import { parseVcr } from "./vcr.ts";
import { jsonOfYaml, parseYaml } from "./yaml.ts";

export interface ImportFileOptions extends CollectOptions {
  /** The format; found by the content if absent. */
  readonly from?: ImportFormat;
  /** Imports only requests to this host, for formats that know hosts. */
  readonly host?: string;
}

/**
 * Makes a cassette of a file of any known format.
 * @param file its name for messages, and the path beside which attached bodies are searched
 * @throws CassetteError if it is of another kind, or broken as a whole; a broken exchange is left out
 */
export async function importFile(
  file: string,
  bytes: Uint8Array,
  options: ImportFileOptions,
): Promise<ImportResult> {
  const { text, readAttached } = inputOf(file, gunzippedFile(file, bytes));
  const format = options.from ?? formatOf(file, text);
  if (options.host !== undefined && (format === "jsonl" || format === "replay-fixture"))
    throw new CassetteError(
      "import",
      { option: "--host", file },
      "the file's exchanges do not say their host",
      "leave --host out; it is for HAR, VCR cassettes and nock recordings",
    );
  return await collectImport(file, parsedAs(file, text, format, options, readAttached), options);
}

function inputOf(file: string, bytes: Uint8Array): { text: string; readAttached: ReadAttached } {
  const kind = kindOfBytes(bytes);
  if (kind !== undefined) throw refused(file, kind);
  if (!isZip(bytes)) return { text: decodedFile(file, bytes), readAttached: attachedBeside(file) };
  const names = namesInZip(file, bytes);
  const [har, ...others] = names.filter((name) => name.toLowerCase().endsWith(".har"));
  if (har === undefined) throw refused(file, kindOfZip(names));
  if (others.length > 0)
    throw new CassetteError(
      "import",
      { file },
      "holds several HARs",
      "unpack it, and import one after the other",
    );
  return { text: decodedFile(file, textInZip(file, bytes, har)), readAttached: attachedInZip(file, bytes) };
}

function formatOf(file: string, text: string): ImportFormat {
  const kind = kindOfText(file.replace(/\.gz$/i, ""), text);
  if (typeof kind === "string") return kind;
  if (kind !== undefined) throw refused(file, kind);
  // Broken JSON is told with the place where it breaks.
  if (/^\s*[{[]/.test(text)) parseJsonFile(file, text);
  throw new CassetteError(
    "import",
    { file },
    text.trim() === "" ? "is empty" : "is of no known format",
    "JSON Lines, HAR, VCR cassettes, nock recordings and ReplayFixtures are imported, see docs/cassettes.md; --from says which",
  );
}

function refused(file: string, { what, fix }: OtherKind): CassetteError {
  return new CassetteError("import", { file }, `is ${what}`, fix);
}

function parsedAs(
  file: string,
  text: string,
  format: ImportFormat,
  { host }: ImportFileOptions,
  readAttached: ReadAttached,
): ParsedImport {
  switch (format) {
    case "jsonl":
      return parseLines(file, text);
    case "har": {
      if (/^\s*[{[]/.test(text)) return parseHar(file, text, { host, readAttached });
      // Polly can be told to write its HAR as YAML.
      const { data, locate } = parseYaml(file, text);
      const json = jsonOfYaml(data);
      if (json === undefined)
        throw new CassetteError("import", { file }, "is larger than 16 MiB", "split it, or save it as JSON");
      return parseHar(file, json, { host, readAttached, locate });
    }
    case "vcr": {
      if (/^\s*[{[]/.test(text)) {
        const json = readJson(file, text);
        return parseVcr(file, plainJson(json.data), json.locate, host);
      }
      const { data, locate } = parseYaml(file, text);
      return parseVcr(file, data, locate, host);
    }
    case "nock": {
      const { data, locate } = readJson(file, text);
      return parseNock(file, withPlainStatus(data), locate, host);
    }
    case "replay-fixture":
      return fixturesOf(file, text);
  }
}

interface ReadJson {
  readonly data: unknown;
  locate(pointer: string): CassetteErrorLocation;
}

/** JSON whose numbers keep their spelling. */
function readJson(file: string, text: string): ReadJson {
  const locations = new JsonLocations(file, text);
  return { data: parseJsonFile(file, text), locate: (pointer) => locations.of(pointer) };
}

/** The numbers of the format itself as plain numbers; those of bodies keep their spelling. */
function withPlainStatus(list: unknown): unknown {
  return Array.isArray(list)
    ? list.map((one: unknown) => (isObject(one) ? { ...one, status: plainJson(one["status"]) } : one))
    : list;
}

/** Fixtures of a file: one, a list, or one a line. */
function fixturesOf(file: string, text: string): ParsedImport {
  const lines = [...text.split("\n").entries()].filter(([, line]) => line.trim() !== "");
  if (lines.length > 1 && lines.every(([, line]) => /^\s*\{.*\}\s*$/.test(line)))
    return parseReplayFixtures(
      lines.map(([, line]) => parseJsonFile(file, line)),
      (pointer) => ({ file, line: (lines[Number(pointer.slice(1))]?.[0] ?? 0) + 1 }),
    );
  const { data, locate } = readJson(file, text);
  return Array.isArray(data)
    ? parseReplayFixtures(data, locate)
    : parseReplayFixtures([data], (pointer) => locate(pointer.replace(/^\/0/, "")));
}
