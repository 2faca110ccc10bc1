/**
 * Requests to every operation of an OpenAPI, each wrong in one way: members of the wrong type, left out or null, huge
 * numbers, other encodings, other methods. Uses nothing of gatetape but the document.
 */
import type { JsonObject, OperationObject } from "../../src/openapi/document/document.ts";

export interface MutatedRequest {
  /** What is wrong with it. */
  readonly name: string;
  /** The kind of the wrong, by which cases are thinned out. */
  readonly kind: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

interface Target {
  readonly method: string;
  readonly path: string;
  readonly definition: OperationObject;
}

type Schemas = Readonly<Record<string, JsonObject>>;

type Sample = Readonly<Record<string, unknown>>;

/** A value as JSON text, so that it may be what JavaScript has no value for. */
type Raw = string;

/** Values that are wrong for most members, as JSON or as Python alone reads them. */
const VALUES: readonly Raw[] = [
  "null",
  "true",
  "0",
  "7",
  "-1",
  "1.5",
  "1.0",
  "2147483648",
  "9223372036854775808",
  "1208925819614629174706176",
  "1e400",
  "-1e400",
  "NaN",
  "1".repeat(400),
  "1".repeat(5000),
  '""',
  '" "',
  '"x"',
  '" x "',
  '"7"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u2028"',
  `"${"x".repeat(300)}"`,
  "[]",
  "[null]",
  '["x"]',
  "[[1],[2]]",
  "{}",
  '{"x":1}',
  `${"[".repeat(100)}${"]".repeat(100)}`,
];

/** Values of path and query parameters, as they stand in the target. */
const TEXTS = [
  "0",
  "-1",
  "1.0",
  "1.5",
  "1e3",
  "x",
  "%20",
  "%201%20",
  "%00",
  "%ff",
  "a%2Fb",
  "%C3%A9",
  "2147483648",
  "-2147483649",
  "99999999999999999999",
  "9".repeat(5000),
  "true",
  "null",
];

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"];

/** Schemas of one document, and the members that make a body right. */
export class Mutator {
  readonly #schemas: Schemas;
  /** Values of members by their names, where the schema alone does not make them right. */
  readonly #known: Readonly<Record<string, unknown>>;

  constructor(schemas: Schemas, known: Readonly<Record<string, unknown>>) {
    this.#schemas = schemas;
    this.#known = known;
  }

  /** All requests to an operation. The first is right. */
  requestsTo(target: Target): MutatedRequest[] {
    const { method } = target;
    const path = this.#pathOf(target, {});
    const type = Object.keys(target.definition.requestBody?.content ?? {})[0];
    const value = this.#bodyOf(target);
    const right: MutatedRequest = {
      name: "right",
      kind: "right",
      method,
      target: path,
      headers: type === "application/json" ? { "content-type": type } : {},
      body: type === "application/json" ? Buffer.from(JSON.stringify(value)) : undefined,
    };
    const form = type === undefined || type === "application/json" ? [] : formRequests(right, value);
    const json = type === "application/json" ? this.#jsonRequests(right, value as Sample) : [];
    return [
      ...(form.length > 0 ? form : [right]),
      ...json,
      ...this.#parameterRequests(target, right),
      ...METHODS.filter((other) => other !== method).map((other): MutatedRequest => ({
        ...right,
        name: `method ${other}`,
        kind: "method",
        method: other,
      })),
      { ...right, name: "slash at the end", kind: "path", target: `${path}/` },
      { ...right, name: "two slashes", kind: "path", target: path.replace("/", "//") },
      { ...right, name: "upper case", kind: "path", target: path.toUpperCase() },
      { ...right, name: "unknown query", kind: "path", target: `${path}?x=1&x=2&%ff=%00` },
    ];
  }

  #jsonRequests(right: MutatedRequest, value: Sample): MutatedRequest[] {
    const withText = (name: string, kind: string, text: string): MutatedRequest => ({
      ...right,
      name,
      kind,
      body: Buffer.from(text),
    });
    const requests = Object.keys(value).flatMap((member) => [
      withText(`without ${member}`, "left out", print(value, member, undefined)),
      ...VALUES.map((raw) => withText(`${member} = ${short(raw)}`, "value", print(value, member, raw))),
    ]);
    const members = VALUES.map((raw) =>
      withText(`unknown member = ${short(raw)}`, "unknown", print({ ...value, strange: 0 }, "strange", raw)),
    );
    const roots = [...VALUES, "{", "", " ", `${JSON.stringify(value)} x`, "{'a':1}", "\u00a0{}"].map((text) =>
      withText(`body ${short(text)}`, "root", text),
    );
    const deep = [600, 2000].map((depth) =>
      withText(
        `nested ${depth} deep`,
        "root",
        print(value, "strange", "[".repeat(depth) + "]".repeat(depth)),
      ),
    );
    return [...requests, ...members, ...roots, ...deep, ...encodings(right), ...contentTypes(right)];
  }

  #parameterRequests(target: Target, right: MutatedRequest): MutatedRequest[] {
    return (target.definition.parameters ?? []).flatMap((parameter) =>
      TEXTS.map((text): MutatedRequest => {
        const name = `${parameter.in} ${parameter.name} = ${short(text)}`;
        const changed =
          parameter.in === "path"
            ? this.#pathOf(target, { [parameter.name]: text })
            : `${right.target.split("?")[0]}?${parameter.name}=${text}&${parameter.name}=${text}`;
        return { ...right, name, kind: parameter.in, target: changed };
      }),
    );
  }

  #pathOf({ path, definition }: Target, given: Readonly<Record<string, string>>): string {
    const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => given[name] ?? this.#text(name));
    const required = (definition.parameters ?? []).filter((one) => one.in === "query" && one.required);
    const query = required.map(({ name }) => `${name}=1`).join("&");
    return query === "" ? filled : `${filled}?${query}`;
  }

  #text(parameter: string): string {
    const known = this.#known[parameter];
    return typeof known === "string" ? known : "1";
  }

  #bodyOf({ definition }: Target): unknown {
    const schema = Object.values(definition.requestBody?.content ?? {})[0]?.schema;
    return schema === undefined ? undefined : this.#sample(schema, 0);
  }

  /** A value that fits a schema, with all its members. */
  #sample(schema: JsonObject, depth: number): unknown {
    const { $ref, enum: values, type, default: fallback } = schema;
    if (typeof $ref === "string")
      return this.#sample(this.#schemas[$ref.split("/").at(-1) ?? ""] ?? {}, depth);
    if ("const" in schema) return schema["const"];
    if (Array.isArray(values)) return values[0];
    const choices = (schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"]) as JsonObject[] | undefined;
    if (choices !== undefined) return this.#sample(choices[0] ?? {}, depth);
    if (fallback !== undefined && fallback !== null) return fallback;
    switch (type) {
      case "string":
        return "x".repeat(Math.max(1, Number(schema["minLength"] ?? 1)));
      case "integer":
      case "number":
        return Math.max(1, Number(schema["minimum"] ?? 1));
      case "boolean":
        return false;
      case "array":
        return depth > 4 ? [] : [this.#sample((schema["items"] ?? {}) as JsonObject, depth + 1)];
      default:
        return this.#object(schema, depth);
    }
  }

  #object({ properties }: JsonObject, depth: number): Sample {
    if (depth > 4) return {};
    const members = Object.entries((properties ?? {}) as Schemas);
    return Object.fromEntries(
      members.map(([name, schema]) => [
        name,
        depth === 0 && name in this.#known ? this.#known[name] : this.#sample(schema, depth + 1),
      ]),
    );
  }
}

/** Prints an object with one member replaced by raw text, or left out. */
function print(value: Sample, member: string, raw: Raw | undefined): string {
  const entries = Object.entries({ ...value, ...(raw === undefined ? {} : { [member]: 0 }) });
  return `{${entries
    .filter(([name]) => raw !== undefined || name !== member)
    .map(
      ([name, item]) =>
        `${JSON.stringify(name)}:${name === member && raw !== undefined ? raw : JSON.stringify(item)}`,
    )
    .join(",")}}`;
}

function short(text: string): string {
  return text.length > 24 ? `${text.slice(0, 12)}…(${text.length})` : text;
}

function encodings(right: MutatedRequest): MutatedRequest[] {
  const text = right.body?.toString() ?? "";
  const utf16 = (bom: string, swap: boolean): Buffer => {
    const bytes = Buffer.from(bom + text, "utf16le");
    return swap ? bytes.swap16() : bytes;
  };
  const utf32 = (bom: number[], big: boolean): Buffer => {
    const bytes = Buffer.alloc((bom.length + text.length) * 4);
    [...bom, ...Array.from(text, (char) => char.codePointAt(0) ?? 0)].forEach((code, i) =>
      big ? bytes.writeUInt32BE(code, i * 4) : bytes.writeUInt32LE(code, i * 4),
    );
    return bytes;
  };
  const bodies: readonly (readonly [string, Buffer])[] = [
    ["UTF-8 with BOM", Buffer.from(`\ufeff${text}`)],
    ["UTF-16LE", utf16("", false)],
    ["UTF-16LE with BOM", utf16("\ufeff", false)],
    ["UTF-16BE", utf16("", true)],
    ["UTF-16BE with BOM", utf16("\ufeff", true)],
    ["UTF-32LE", utf32([], false)],
    ["UTF-32BE with BOM", utf32([0xfeff], true)],
    ["UTF-16 cut", utf16("\ufeff", false).subarray(0, -1)],
    ["Latin-1", Buffer.from(text.replace(/x|m/, "\u00e9"), "latin1")],
    [
      "surrogates in UTF-8",
      Buffer.from(Buffer.from(text.replace('"', '"\u0001')).map((byte) => (byte === 1 ? 0xed : byte))),
    ],
    ["zero bytes", Buffer.concat([Buffer.from(text), Buffer.alloc(3)])],
  ];
  return bodies.map(([name, body]): MutatedRequest => ({ ...right, name, kind: "encoding", body }));
}

function contentTypes(right: MutatedRequest): MutatedRequest[] {
  const types = [
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/json; charset=utf-16",
    "APPLICATION/JSON",
    "application/problem+json",
    "application/octet-stream",
    "nonsense",
  ];
  return types.map((type): MutatedRequest => {
    const headers = type === "" ? {} : { "content-type": type };
    return { ...right, name: `content-type ${type}`, kind: "content type", headers };
  });
}

/** Requests with a form: right, without each field, with each field wrong, and with a file in place of each. */
function formRequests(right: MutatedRequest, value: unknown): MutatedRequest[] {
  const fields = Object.entries((value ?? {}) as Sample);
  const withFields = (
    name: string,
    kind: string,
    list: readonly (readonly [string, unknown])[],
  ): MutatedRequest => ({
    ...right,
    name,
    kind,
    headers: { "content-type": "multipart/form-data; boundary=B" },
    body: Buffer.from(`${list.map(([field, item]) => part(field, item)).join("")}--B--\r\n`),
  });
  const others = fields.flatMap(([field]) => {
    const rest = fields.filter(([name]) => name !== field);
    return [
      withFields(`without ${field}`, "left out", rest),
      ...["", " ", "x", "-1", "1.5", "99999999999999999999", "null", "\u0000"].map((text) =>
        withFields(`${field} = ${short(text)}`, "value", [...rest, [field, text]]),
      ),
      withFields(`${field} is a file`, "value", [...rest, [field, { file: true }]]),
    ];
  });
  const roots = ["", "{}", "--B", "--B\r\n\r\n\r\n"].map((text): MutatedRequest => ({
    ...withFields(`form ${short(text)}`, "root", []),
    body: Buffer.from(text),
  }));
  return [
    withFields("right", "right", fields),
    ...others,
    ...roots,
    ...contentTypes(withFields("", "", fields)),
  ];
}

function part(field: string, value: unknown): string {
  const isFile = field === "file" || (typeof value === "object" && value !== null);
  const head = `--B\r\nContent-Disposition: form-data; name="${field}"`;
  return isFile
    ? `${head}; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n`
    : `${head}\r\n\r\n${typeof value === "string" ? value : JSON.stringify(value)}\r\n`;
}
