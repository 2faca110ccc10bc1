import { describe, expect, it } from "vitest";
import type { Loc } from "../../../src/asgi/fastapi/errors.ts";
import { type RequestToCheck, checkRequest } from "../../../src/asgi/fastapi/request.ts";
import { fastApiOf } from "../../../src/ogl/rules/app.ts";
import type { JsonObject } from "../../../src/openapi/document/document.ts";
import type { Operation } from "../../../src/openapi/document/operations.ts";
import { type Spec, specOf } from "../../../src/openapi/validate/validators.ts";
import {
  Maker,
  type Path,
  Random,
  type Tree,
  isMembers,
  object,
  print,
  raw,
  replaceAt,
} from "../../live/pydantic/generate.ts";

const SEEDS = Array.from({ length: 150 }, (_, seed) => seed);

/** Operations with a JSON body, of both OpenAPIs. */
const CASES = (["0.4.1", "0.4.5"] as const).flatMap((version) =>
  specOf(version)
    .operations.list.filter(({ id }) => id !== "chat.stream")
    .flatMap((operation) => {
      const schema = operation.definition.requestBody?.content["application/json"]?.schema;
      return schema === undefined
        ? []
        : [{ name: `${version} ${operation.method} ${operation.path}`, version, operation, schema }];
    }),
);

function requestTo(operation: Operation, tree: Tree): RequestToCheck {
  const names = [...operation.path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name as string);
  const params = Object.fromEntries(names.map((name) => [name, "7"]));
  return { operation, params, query: [], contentType: "application/json", body: Buffer.from(print(tree)) };
}

interface Break {
  readonly path: Path;
  /** What stands there instead; nothing if the member is taken away. */
  readonly by: Tree | undefined;
}

const WRONG: readonly Tree[] = [raw("5.5"), "no such", object(["zz", raw("1")]), [], true];

/** The values of `WRONG` that no branch of a schema takes, told by the type alone. */
function wrongFor(maker: Maker, schema: JsonObject): Tree[] {
  const branches = branchesOf(maker, schema);
  return WRONG.filter((value) => branches.every((branch) => !mayTake(branch, value)));
}

function branchesOf(maker: Maker, declared: JsonObject): JsonObject[] {
  const schema = maker.resolve(declared);
  return Array.isArray(schema["anyOf"])
    ? (schema["anyOf"] as JsonObject[]).flatMap((branch) => branchesOf(maker, branch))
    : [schema];
}

function mayTake(branch: JsonObject, value: Tree): boolean {
  if ("const" in branch || "enum" in branch) return value === true && branch["type"] === "boolean";
  switch (branch["type"]) {
    case "null":
      return false;
    case "integer":
    case "boolean":
      return value === true;
    case "number":
      return value === true || (typeof value === "object" && value !== null && "raw" in value);
    case "string":
      return typeof value === "string";
    case "array":
      return Array.isArray(value);
    case "object":
      return isMembers(value) && !("required" in branch);
    default:
      return true;
  }
}

/** Up to `count` ways to break a body, none inside another. */
function breaksOf(maker: Maker, random: Random, count: number): Break[] {
  const breaks: Break[] = [];
  for (let tries = 0; tries < 20 && breaks.length < count; tries++) {
    const { path, schema } = random.pick(maker.locations);
    const made = random.chance(30)
      ? removalIn(maker, schema, path, random)
      : replacementOf(maker, schema, path, random);
    if (
      made !== undefined &&
      made.path.length > 0 &&
      breaks.every((other) => !overlap(other.path, made.path))
    )
      breaks.push(made);
  }
  return breaks;
}

function removalIn(maker: Maker, declared: JsonObject, path: Path, random: Random): Break | undefined {
  const required = maker.resolve(declared)["required"];
  return Array.isArray(required) && "properties" in maker.resolve(declared)
    ? { path: [...path, String(random.pick(required))], by: undefined }
    : undefined;
}

function replacementOf(maker: Maker, schema: JsonObject, path: Path, random: Random): Break | undefined {
  const wrong = wrongFor(maker, schema);
  return wrong.length > 0 ? { path, by: random.pick(wrong) } : undefined;
}

const overlap = (one: Path, other: Path): boolean =>
  one.slice(0, other.length).join("/") === other.slice(0, one.length).join("/");

/** Whether a `loc` leads to a path: the labels of unions may stand between its parts and after them. */
function pointsAt(loc: Loc, path: Path): boolean {
  if (loc[0] !== "body" || loc[1] !== path[0]) return false;
  let at = 1;
  for (const part of path) {
    at = loc.indexOf(part, at);
    if (at === -1) return false;
    at++;
  }
  return true;
}

function verdictOn(spec: Spec, operation: Operation, tree: Tree): ReturnType<typeof checkRequest> {
  return checkRequest(fastApiOf(spec), requestTo(operation, tree));
}

describe.each(CASES)("$name", ({ version, operation, schema }) => {
  const spec = specOf(version);

  it("takes what is made from the schema", () => {
    const refused = SEEDS.flatMap((seed) => {
      const maker = new Maker(spec.document.components, new Random(seed), seed % 2 === 0);
      const tree = maker.value(schema, []);
      const verdict = verdictOn(spec, operation, tree);
      return verdict.kind === "accepted" ? [] : [{ body: print(tree), verdict }];
    });
    expect(refused).toEqual([]);
  });

  it("has an entry for each break, at its place, and none elsewhere", () => {
    let broken = 0;
    const wrong = SEEDS.flatMap((seed) => {
      const random = new Random(seed + 1000);
      const maker = new Maker(spec.document.components, random, false);
      const right = maker.value(schema, []);
      const breaks = breaksOf(maker, random, 1 + (seed % 4));
      broken += breaks.length;
      const tree = breaks.reduce((now, { path, by }) => replaceAt(now, path, by), right);
      const verdict = verdictOn(spec, operation, tree);
      const locs = verdict.kind === "errors" ? verdict.errors.map(({ loc }) => loc) : [];
      const untold = breaks.filter(({ path }) => !locs.some((loc) => pointsAt(loc, path)));
      const stray = locs.filter((loc) => !breaks.some(({ path }) => pointsAt(loc, path)));
      return untold.length + stray.length === 0 ? [] : [{ body: print(tree), untold, stray }];
    });
    expect(wrong).toEqual([]);
    expect(broken).toBeGreaterThan(SEEDS.length / 2);
  });
});
