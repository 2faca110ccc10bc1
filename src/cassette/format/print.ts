import { linesOverWidth, printInline, separatedBlocks } from "../../util/index.ts";
import { withClients } from "./clients.ts";
import type { Cassette } from "./types.ts";

/** Members of the format in the order in which they are printed; others follow in their own order. */
const KEY_ORDER = {
  cassette: ["$schema", "cassette", "about", "clients", "interactions"],
  about: ["title", "origin", "ogl", "derivedBy", "recordedWith", "recordedAt", "sanitized", "credentials"],
  interaction: ["name", "request", "match", "response", "waivers"],
  request: ["method", "target", "http", "client", "headers", "decoded", "json", "text", "hex", "form"],
  match: ["body", "ignore", "headers", "play"],
  response: [
    "wait",
    "early",
    "http",
    "status",
    "reason",
    "informational",
    "framing",
    "headers",
    "decoded",
    "body",
    "trailers",
    "end",
  ],
  element: ["wait", "flush", "sse", "json", "text", "hex", "file", "style"],
} as const;

const INDENT = "  ";
/** Longest JSON on one line. */
const WIDTH = 120;

/**
 * Prints a cassette in its canonical form: fixed order of keys, one write a line, a long JSON body over lines, numbers as they were
 * spelled, a line break at the end. Parsing and printing the text gives the same text.
 */
export function printCassette(cassette: Cassette): string {
  return [...printedParts(cassette)].join("");
}

/** The parts of a printed cassette, in order: an interaction each, but for the first and the last. */
export function* printedParts(cassette: Cassette): Generator<string> {
  const { interactions, clients, ...rest } = ordered(withClients(cassette), "cassette");
  const head = Object.entries(rest).map(([key, value]) =>
    member(key, [printInline(key === "about" ? ordered(value, "about") : value)]),
  );
  if (clients !== undefined)
    head.push(member("clients", bracketed((clients as unknown[][]).map(printClient))));
  yield `{\n${separatedBlocks(head).join("\n")},\n${INDENT}"interactions": [`;
  let before = "";
  for (const interaction of interactions as unknown[]) {
    const [first = "", ...more] = printInteraction(interaction as Record<string, unknown>);
    yield [before + first, ...more.map((line) => INDENT + line)].join("\n");
    before = ", ";
  }
  yield "]\n}\n";
}

/**
 * A value as it is printed, by its lines. They are put together once, at the end: a body may have megabytes, and each step of
 * indenting a text would copy it.
 */
type Lines = readonly string[];

/** Prints the headers of a client, one a line. */
function printClient(headers: readonly unknown[]): Lines {
  return bracketed(headers.map(onOneLine));
}

function printInteraction(interaction: Record<string, unknown>): Lines {
  return braced(
    Object.entries(ordered(interaction, "interaction")).map(([key, value]) => {
      if (key === "request") return member(key, block(ordered(value, "request"), 1));
      if (key === "response") return member(key, printResponse(value));
      if (key === "match") return member(key, onOneLine(ordered(value, "match")));
      if (key === "waivers") return member(key, bracketed((value as unknown[]).map(onOneLine)));
      return member(key, onOneLine(value));
    }),
  );
}

function printResponse(value: unknown): Lines {
  return braced(
    Object.entries(ordered(value, "response")).map(([key, item]) =>
      key === "body"
        ? member(
            key,
            bracketed((item as unknown[]).map((element) => printElement(ordered(element, "element")))),
          )
        : member(key, onOneLine(item)),
    ),
  );
}

/** Prints an element of a body on one line, but for a JSON body that is too long for one. */
function printElement(element: Record<string, unknown>): Lines {
  if (!isLongJson(element["json"])) return onOneLine(element);
  return braced(Object.entries(element).map(([key, item]) => member(key, printMember(key, item))));
}

function isLongJson(json: unknown): boolean {
  return json !== undefined && printInline(json).length > WIDTH;
}

/** Prints an object. Its first `together` members share a line with the brace if they are short; every other member has its own line. */
function block(value: Record<string, unknown>, together: number): Lines {
  const entries = Object.entries(value);
  if (entries.length <= together) return onOneLine(value);
  return braced(entries.map(([key, item]) => member(key, printMember(key, item))));
}

function printMember(key: string, value: unknown): Lines {
  return key === "json" ? linesOverWidth(value, WIDTH) : onOneLine(value);
}

function onOneLine(value: unknown): Lines {
  return [printInline(value)];
}

function bracketed(items: readonly Lines[]): Lines {
  return items.length === 0 ? ["[]"] : ["[", ...separatedBlocks(items), "]"];
}

function braced(members: readonly Lines[]): Lines {
  return ["{", ...separatedBlocks(members), "}"];
}

function member(key: string, [first = "", ...more]: Lines): Lines {
  return [`${JSON.stringify(key)}: ${first}`, ...more];
}

function ordered(value: unknown, kind: keyof typeof KEY_ORDER): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return {};
  const known: readonly string[] = KEY_ORDER[kind];
  const source = value as Record<string, unknown>;
  const keys = [
    ...known.filter((key) => key in source),
    ...Object.keys(source).filter((key) => !known.includes(key)),
  ];
  return Object.fromEntries(keys.filter((key) => source[key] !== undefined).map((key) => [key, source[key]]));
}
