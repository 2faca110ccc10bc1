import { styleText } from "node:util";
import type {
  DescribedBody,
  DescribedResponse,
  DocumentDifference,
  Erratum,
  OperationDescription,
  OperationSummary,
} from "../../openapi/index.ts";
import type { Output } from "../support/index.ts";
import { memberRows, schemaWords, shortName } from "./schema-words.ts";

const WIDTH = 100;

/** Function that makes text bold if the output shows it. */
export type Bold = (text: string) => string;

const PLAIN: Bold = (text) => text;

/** Makes text bold for this output, if it shows it. */
export function boldOn(stdout: Output): Bold {
  return (text) => styleText("bold", text, { stream: stdout });
}

/** Prints a table of operations. If an id is too long for its column, the rest of its row is below it. */
export function operationTable(operations: readonly OperationSummary[], bold: Bold = PLAIN): string[] {
  const rows = operations.map((operation) => [
    `${operation.method} ${operation.path}`,
    [
      operation.secured ? "key" : "no key",
      ...(operation.statuses.length > 0 ? [operation.statuses.join(" ")] : []),
      ...(operation.deprecated ? ["deprecated"] : []),
    ].join("  "),
  ]);
  const width = Math.max(0, ...rows.map(([line = ""]) => line.length));
  return operations.flatMap(({ id, operationId }, i) => {
    const [line = "", rest = ""] = rows[i] ?? [];
    const name = id === operationId ? [] : [id];
    return [bold(`${line.padEnd(width)}  ${rest}`), ...wrap([...name, operationId].join("  "), "    ")];
  });
}

/** Prints all details of an operation. */
export function operationPage(operation: OperationDescription, bold: Bold = PLAIN): string[] {
  const { id, operationId, method, path, secured, deprecated, parameters, request, responses } = operation;
  const page = [
    id === operationId ? bold(`${method} ${path}`) : `${bold(id)}  ${method} ${path}`,
    "",
    ...rowsOf([
      ["OGL", operation.ogl],
      ["OpenAPI id", operationId],
      ["secured", secured ? "yes, a key is needed" : "no, answers without a key"],
      ["declared", operation.statuses.join(" ")],
      ...(deprecated ? ([["deprecated", "yes"]] as [string, string][]) : []),
      ...(id === "chat.stream" ? ([["stream", "requested with `stream: true`"]] as [string, string][]) : []),
    ]),
  ];
  if (parameters.length > 0)
    page.push(
      "",
      bold("Parameters") + " (* required)",
      ...rowsOf(
        parameters.map(({ name, in: location, required, schema = {} }) => [
          `${name}${required ? "*" : ""}`,
          `${location}  ${schemaWords(schema)}${"default" in schema ? ` (default ${JSON.stringify(schema["default"])})` : ""}`,
        ]),
      ),
    );
  for (const body of request)
    page.push(
      "",
      ...wrap(`${bold("Request body")}  ${bodyWords(body)}${body.required ? " (required)" : ""}`, ""),
    );
  page.push("", `${bold("Responses")} (+ known from an erratum only)`);
  for (const [bodies, statuses] of Object.entries(statusesByBodies(responses)))
    page.push(...wrap(statuses.join(" "), "  "), ...bodies.split("\n").flatMap((body) => wrap(body, "    ")));
  const schemas = Object.entries(operation.schemas);
  if (schemas.length > 0) page.push("", `${bold("Schemas")} (* required)`);
  for (const [name, schema] of schemas) {
    const members = memberRows(schema);
    const rest = { ...schema, properties: {} };
    page.push(...wrap(`${shortName(name)}${members.length > 0 ? "" : `  ${schemaWords(rest)}`}`, "  "));
    page.push(...rowsOf(members, "    "));
  }
  if (operation.errata.length > 0) page.push("", bold("Errata: where the real server is known to differ"));
  for (const erratum of operation.errata) page.push(...erratumLines(erratum, bold, TOUCHES[erratum.by]));
  return page;
}

function bodyWords({ type, schema, eachEvent }: DescribedBody): string {
  return `${type}${eachEvent ? ", each event" : ""}  ${schemaWords(schema)}`;
}

/** Groups the statuses that have equal bodies. */
function statusesByBodies(responses: readonly DescribedResponse[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { status, declared, bodies } of responses)
    (found[bodies.map(bodyWords).join("\n") || "no body"] ??= []).push(`${status}${declared ? "" : "+"}`);
  return found;
}

const TOUCHES = {
  operation: "of this operation",
  schema: "of a schema that it uses",
  everywhere: "of every operation",
} as const;

/** Prints an erratum: what the OpenAPI says, what the server does, and the evidence. */
export function erratumLines(
  erratum: Pick<Erratum, "id" | "ogl" | "says" | "does" | "evidence">,
  bold: Bold,
  note = "",
): string[] {
  const { id, ogl, says, does, evidence } = erratum;
  return [
    `  ${bold(id)}  OGL ${ogl.join(", ")}${note === "" ? "" : `  ${note}`}`,
    ...rowsOf(
      [
        ["says", says],
        ["does", does],
        ["evidence", evidence],
      ],
      "    ",
    ),
  ];
}

/** Prints differences of documents: `+ /pointer`, then the value. */
export function differenceLines(differences: readonly DocumentDifference[]): string[] {
  return differences.flatMap(({ pointer, kind, before = "", after = "" }) => {
    const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
    if (kind === "added") return [`  + ${pointer}`, `      ${cut(after)}`];
    if (kind === "removed") return [`  - ${pointer}`, `      ${cut(before)}`];
    const words = kind === "order" ? "the server matches paths in another order: " : "";
    return [`  ~ ${pointer}`, `      ${words}${cut(before)} -> ${cut(after)}`];
  });
}

/** Prints two columns. The second is wrapped, and starts on its own line after a long first one. */
function rowsOf(rows: readonly (readonly [string, string])[], indent = "  "): string[] {
  const width = Math.min(32, Math.max(0, ...rows.map(([name]) => name.length)));
  return rows.flatMap(([name, words]) => {
    const margin = " ".repeat(indent.length + width + 2);
    const [first = "", ...rest] = wrap(words, margin);
    return name.length > width
      ? [indent + name, first, ...rest]
      : [`${indent}${name.padEnd(width)}  ${first.trimStart()}`.trimEnd(), ...rest];
  });
}

/** Wraps text to 100 columns; a longer word has a line of its own. */
function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}
