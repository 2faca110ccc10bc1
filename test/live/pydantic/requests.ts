import type { JsonObject } from "../../../src/openapi/document/document.ts";
import type { Operation } from "../../../src/openapi/document/operations.ts";
import type { Spec } from "../../../src/openapi/validate/validators.ts";
import { Maker, type Random, type Tree, isMembers, object, print, replaceAt } from "./generate.ts";
import { CONTENT_TYPES, ODD, ODD_TEXTS, SPLINTERS, TELLING } from "./odd.ts";

/** A request to one operation, and how it was made. */
export interface Asked {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
  /** As it stands in the target. */
  readonly query: string;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
  readonly about: string;
}

const CHECKED = /chat|search|embeddings|chunks$|providers$|roles|keys$|tokens$|documents$|ocr/;

/** Requests to all operations of a spec in turn, most of them wrong in some way. */
export class Requests {
  readonly #spec: Spec;
  readonly #random: Random;
  readonly #operations: readonly Operation[];
  /** Those with a body: they have the most that can be wrong. */
  readonly #bodies: readonly Operation[];
  /** Those whose bodies OGL checks beyond the schema. */
  readonly #checked: readonly Operation[];

  constructor(spec: Spec, random: Random) {
    this.#spec = spec;
    this.#random = random;
    this.#operations = spec.operations.list.filter(({ id }) => id !== "chat.stream");
    this.#checked = this.#operations.filter(({ method, path }) => method !== "GET" && CHECKED.test(path));
    this.#bodies = this.#operations.filter(({ definition }) => definition.requestBody !== undefined);
  }

  next(index: number): Asked {
    const from = [this.#operations, this.#bodies, this.#checked][index % 3] ?? [];
    const operation = from[Math.floor(index / 3) % from.length] as Operation;
    const [type, media] = Object.entries(operation.definition.requestBody?.content ?? {})[0] ?? [];
    const base = { operation, params: this.#params(operation), query: this.#query(operation) };
    if (type === undefined || media?.schema === undefined)
      return { ...base, contentType: undefined, body: new Uint8Array(), about: "parameters" };
    if (type !== "application/json") return { ...base, ...this.#form(media.schema) };
    const contentType = this.#random.chance(4) ? this.#random.pick(CONTENT_TYPES) : "application/json";
    return { ...base, contentType, ...this.#json(media.schema) };
  }

  #params(operation: Operation): Record<string, string> {
    const names = [...operation.path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name as string);
    return Object.fromEntries(
      names.map((name) => [name, this.#random.chance(70) ? "7" : this.#random.pick(ODD_TEXTS) || "x"]),
    );
  }

  #query(operation: Operation): string {
    const pairs: string[] = [];
    for (const parameter of operation.definition.parameters ?? []) {
      if (parameter.in !== "query" || this.#random.chance(60)) continue;
      for (let times = this.#random.chance(10) ? 2 : 1; times > 0; times--)
        pairs.push(`${parameter.name}=${encodeURIComponent(this.#random.pick(ODD_TEXTS))}`);
    }
    if (this.#random.chance(5))
      pairs.push(this.#random.pick(["foo=bar", "limit", "=", "%zz=%ff", "a=b=c", "offset=%C3%28"]));
    return pairs.join("&");
  }

  #json(schema: JsonObject): { body: Uint8Array; about: string } {
    const random = this.#random;
    const tree = this.#tree(schema);
    const text = print(tree, random.pick(["", " ", "\n\t"]));
    const way = random.below(100);
    if (way < 62) return { body: Buffer.from(text), about: "broken" };
    if (way < 68) return { body: Buffer.from(print(random.pick(ODD))), about: "odd root" };
    if (way < 86) return { body: Buffer.from(this.#splintered(text)), about: "splintered" };
    if (way < 90) return { body: this.#bytesBroken(Buffer.from(text)), about: "bytes broken" };
    if (way < 95) return { body: this.#encoded(text), about: "another encoding" };
    if (way < 98) return { body: Buffer.from(this.#deep(text)), about: "deep" };
    return { body: new Uint8Array(), about: "no body" };
  }

  /** A right body, broken in up to three places. */
  #tree(schema: JsonObject): Tree {
    const random = this.#random;
    const maker = new Maker(this.#spec.document.components, random, true);
    let tree = maker.value(schema, []);
    const { locations } = maker;
    for (let breaks = random.below(4); breaks > 0; breaks--) {
      const { path } = random.pick(locations);
      tree = replaceAt(tree, path, random.chance(15) ? undefined : random.pick(ODD));
    }
    if (random.chance(40) && isMembers(tree)) {
      const names = Object.keys((maker.resolve(schema)["properties"] ?? {}) as JsonObject);
      const added = random.chance(40)
        ? ([random.pick(names), random.pick(ODD)] as const)
        : random.pick(TELLING);
      const instead = { prompt: "query", collections: "collection_ids" }[added[0]];
      tree = object(...tree.members.filter(([name]) => name !== instead || random.chance(30)), added);
    }
    return tree;
  }

  #splintered(text: string): string {
    const random = this.#random;
    let broken = text;
    for (let times = 1 + random.below(2); times > 0; times--) {
      const at = random.below(broken.length + 1);
      const end = random.chance(50) ? at : Math.min(broken.length, at + 1 + random.below(4));
      broken = random.chance(15)
        ? broken.slice(0, at)
        : broken.slice(0, at) + (random.chance(80) ? random.pick(SPLINTERS) : "") + broken.slice(end);
    }
    return broken.toWellFormed();
  }

  #bytesBroken(bytes: Buffer): Buffer {
    const broken = Buffer.from(bytes);
    const at = this.#random.below(Math.max(broken.length, 1));
    if (broken.length > 0) broken[at] = this.#random.pick([0, 0x80, 0xc3, 0xed, 0xff, 0x1f]);
    return broken;
  }

  #encoded(text: string): Buffer {
    const little = Buffer.from(text, "utf16le");
    switch (this.#random.below(8)) {
      case 0:
        return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
      case 1:
        return little;
      case 2:
        return Buffer.from(little).swap16();
      case 3:
        return Buffer.concat([Buffer.from([0xff, 0xfe]), little]);
      case 4:
        return Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(little).swap16()]);
      case 5:
        return Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), utf32(text)]);
      case 6:
        return utf32(text);
      default:
        return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf]), Buffer.from(text)]);
    }
  }

  #deep(text: string): string {
    // Between these lie the depths at which one answer gives way to another: they hang on CPython and on the frames of the server.
    const depth = this.#random.pick([200, 900, 1200, 100_000]);
    const nest = this.#random.pick([
      ["[", "]"],
      ['{"a":', "}"],
      ['[{"_":', "}]"],
    ] as const);
    const middle = this.#random.pick(["", "null", "x", "1"]);
    const times = nest[0].length > 5 ? depth >> 1 : depth;
    const inner = `${nest[0].repeat(times)}${middle === "" && nest[0] !== "[" ? "{}" : middle}${nest[1].repeat(times)}`;
    return text.startsWith("{") && this.#random.chance(70) ? `{"deep":${inner},${text.slice(1)}` : inner;
  }

  #form(declared: JsonObject): { contentType: string | undefined; body: Uint8Array; about: string } {
    const random = this.#random;
    const maker = new Maker(this.#spec.document.components, random, true);
    const schema = maker.resolve(declared);
    const fields: [string, string, boolean][] = [];
    for (const [name, property] of Object.entries(schema["properties"] as JsonObject)) {
      if (random.chance(40)) continue;
      const isFile = JSON.stringify(property).includes("contentMediaType");
      const value = random.chance(50)
        ? random.pick(ODD_TEXTS)
        : plain(maker.value(property as JsonObject, []));
      for (let times = random.chance(10) ? 2 : 1; times > 0; times--)
        fields.push([
          name,
          name === "metadata" && random.chance(60) ? this.#metadata() : value,
          random.chance(isFile ? 85 : 3),
        ]);
    }
    const contentTypes = [
      "application/x-www-form-urlencoded",
      "application/json",
      undefined,
      "multipart/form-data",
    ];
    if (random.chance(20)) {
      const contentType = random.pick(contentTypes);
      return {
        contentType,
        body: Buffer.from(new URLSearchParams(fields.map(([n, v]): [string, string] => [n, v])).toString()),
        about: "form",
      };
    }
    const parts = fields.map(([name, value, isFile]) => {
      const file = isFile ? `; filename="f.txt"\r\nContent-Type: text/plain` : "";
      return `--b\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
    });
    const body = `${parts.join("")}--b--\r\n`;
    const cut = random.chance(8) ? body.slice(0, random.below(body.length)) : this.#misformed(body);
    return {
      contentType: "multipart/form-data; boundary=b",
      body: Buffer.from(cut.toWellFormed()),
      about: "multipart",
    };
  }

  #misformed(body: string): string {
    if (this.#random.chance(92)) return body;
    const [from, to] = this.#random.pick([
      ["--b", "--c"],
      ["--b", "\r\n--b"],
      ["--b\r", "--bx\r"],
      [' name="', ' nome="'],
      ["Content-Disposition", "content-disposition"],
      ["\r\n--b--", "\r\n--b -"],
      ["form-data;", "form-data; name=other;"],
    ] as const);
    return body.replace(from, to);
  }

  #metadata(): string {
    return this.#random.chance(30)
      ? this.#random.pick([
          "{",
          "[]",
          '{"a":',
          "null",
          '{"a":1}',
          '{" ":"x"}',
          '{"a":null}',
          "{}",
          '{"a":{"b":1}}',
        ])
      : print(object(...["a", "b"].map((key) => [key, this.#random.pick(ODD)] as const)));
  }
}

function plain(tree: Tree): string {
  return typeof tree === "string" ? tree : print(tree);
}

function utf32(text: string): Buffer {
  const points = [...text].map((char) => char.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(points.length * 4);
  points.forEach((point, i) => bytes.writeUInt32LE(point, i * 4));
  return bytes;
}
