import { LineCounter, isNode, parseDocument } from "yaml";
import { parseJsonSource, parsePointer } from "../../util/index.ts";
import { CassetteError, type CassetteErrorLocation } from "../format/index.ts";

/** A larger text is refused: its tree takes some fifty times as much memory. */
const MAX_YAML_CHARACTERS = 24 << 20;
/** Uses of an anchor, counted with those within them. PyYAML makes an anchor of a list that stands twice. */
const MAX_ALIASES = 1000;

/** A YAML document as data, with the locations of its parts. */
export interface YamlFile {
  readonly data: unknown;
  locate(pointer: string): CassetteErrorLocation;
}

/**
 * Reads a YAML 1.1 document, which is what PyYAML and Ruby write. Integers that JavaScript can't hold are bigint.
 * @throws CassetteError with the line if it is not YAML, too large, or made to grow when it is read
 */
export function parseYaml(file: string, text: string): YamlFile {
  const fix = "correct the file, or record the traffic again";
  if (text.length > MAX_YAML_CHARACTERS)
    throw new CassetteError(
      "import",
      { file },
      `has more than ${MAX_YAML_CHARACTERS >> 20} MiB of YAML`,
      "split it into several files",
    );
  let lines = new LineCounter();
  const lineOf = (offset: number): CassetteErrorLocation => ({ file, line: lines.linePos(offset).line });
  const failed = (error: unknown): CassetteError =>
    new CassetteError("import", { file }, `not YAML that can be read: ${yamlReason(error)}`, fix);
  let document: YamlDocument;
  try {
    document = yamlDocument(text, lines);
    if (document.errors.length > 0) {
      const others = new LineCounter();
      const lenient = yamlDocument(withIndentedQuotes(text), others);
      if (lenient.errors.length === 0) [document, lines] = [lenient, others];
    }
  } catch (error) {
    throw failed(error);
  }
  const [error] = document.errors;
  if (error !== undefined)
    throw new CassetteError(
      "import",
      lineOf(error.pos[0]),
      `not YAML: ${error.code.toLowerCase().replaceAll("_", " ")}`,
      fix,
    );
  try {
    const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return {
      data,
      locate: (pointer) => {
        const range = nodeOffset(document, parsePointer(pointer));
        return { ...(range === undefined ? { file } : lineOf(range)), pointer };
      },
    };
  } catch (failure) {
    throw failed(failure);
  }
}

/** Offset of the node at a path, or of its nearest parent. */
function nodeOffset(document: YamlDocument, path: readonly string[]): number | undefined {
  const steps = path.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  for (let length = steps.length; length > 0; length--) {
    const node: unknown = document.getIn(steps.slice(0, length), true);
    if (isNode(node)) return node.range?.[0];
  }
  return undefined;
}

type YamlDocument = ReturnType<typeof parseDocument>;

function yamlDocument(text: string, lineCounter: LineCounter): YamlDocument {
  return parseDocument(text, {
    version: "1.1",
    intAsBigInt: true,
    uniqueKeys: false,
    strict: false,
    prettyErrors: false,
    logLevel: "silent",
    lineCounter,
  });
}

/** Deeper than any key of a cassette is indented. */
const DEEP = " ".repeat(40);

/**
 * Indents the lines that continue a quoted text. YAML wants them deeper than their key, PyYAML does not care, and their
 * leading blanks mean nothing.
 */
function withIndentedQuotes(text: string): string {
  let quote = "";
  return text
    .split("\n")
    .map((line) => {
      const opening = quote === "" ? /^[\s-]*(?:[\w./-]+:\s+)?(["'])/.exec(line) : null;
      if (quote === "" && opening === null) return line;
      const continued = opening === null && line.trim() !== "" ? DEEP + line : line;
      if (opening !== null) quote = opening[1] ?? "";
      if (closesQuote(line.slice(opening?.[0].length ?? 0), quote)) quote = "";
      return continued;
    })
    .join("\n");
}

function closesQuote(rest: string, quote: string): boolean {
  return quote === "'" ? rest.replaceAll("''", "").includes("'") : /(?:^|[^\\])(?:\\\\)*"/.test(rest);
}

/** A reason without a quotation of the file, which may hold secrets. */
function yamlReason(error: unknown): string {
  if (error instanceof ReferenceError) return "its aliases make it grow beyond bounds";
  return error instanceof RangeError ? "it nests too deep" : "its structure is broken";
}

/** Most characters of JSON that a value may become. */
const MAX_JSON_CHARACTERS = 16 << 20;

/** A value of a YAML document as compact JSON; `undefined` if it is too large, which aliases may hide. */
export function jsonOfYaml(value: unknown): string | undefined {
  let left = MAX_JSON_CHARACTERS;
  const fits = (part: unknown): boolean => {
    left -= typeof part === "string" ? part.length + 2 : 4;
    if (left < 0) return false;
    if (typeof part !== "object" || part === null) return true;
    return Object.entries(part).every(([key, member]) => {
      left -= Array.isArray(part) ? 0 : key.length;
      return fits(member);
    });
  };
  if (!fits(value)) return undefined;
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "bigint" ? parseJsonSource(String(part)) : part,
  );
}
