import { parsePointer } from "../../util/index.ts";
import type { JsonObject, JsonValue, OpenApiDocument } from "./document.ts";
import { SpecError } from "./spec-error.ts";

/**
 * A change to a pinned OpenAPI. `at` is a JSON pointer in which a segment may be `*` (each one there) or `{a,b}`
 * (each of these, made where absent). `default` sets only what is absent, `move` takes what is at `from`.
 */
export interface ErratumPatch {
  readonly op: "set" | "default" | "remove" | "move";
  readonly at: string;
  readonly value?: JsonValue;
  /** A JSON pointer without alternatives. */
  readonly from?: string;
}

/** A known difference of the real server from its own OpenAPI. */
export interface Erratum {
  readonly id: string;
  /** The versions it holds for. */
  readonly ogl: readonly string[];
  readonly says: string;
  readonly does: string;
  /** Evidence: names of exchanges captured from a real server, or another source. */
  readonly evidence: string;
  readonly patch: readonly ErratumPatch[];
  /** Schemas accepted in requests beside a declared type. */
  readonly widen?: Readonly<Record<string, JsonObject>>;
}

/** Applies errata to a document, in place: copying it would be a good part of the time to start. */
export function applyErrata(document: OpenApiDocument, errata: readonly Erratum[]): void {
  for (const erratum of errata) {
    for (const patch of erratum.patch) applyPatch(document as unknown as JsonObject, patch, erratum.id);
  }
}

function applyPatch(root: JsonObject, patch: ErratumPatch, id: string): void {
  const segments = parsePointer(patch.at);
  const last = segments.pop();
  if (last === undefined) throw new SpecError("bad-erratum", {}, `erratum ${id}: a patch needs a place`);
  let locations: JsonObject[] = [root];
  for (const segment of segments)
    locations = locations.flatMap((location) => children(location, segment, patch.op !== "remove"));
  const value = patch.op === "move" ? taken(root, patch.from ?? "") : (patch.value ?? null);
  if (value === undefined) return;
  for (const location of locations) {
    for (const key of alternatives(last) ?? [last]) {
      if (patch.op === "remove") delete location[key];
      else if (patch.op !== "default" || !(key in location)) location[key] = structuredClone(value);
    }
  }
}

/** Removes the value at a pointer and returns it. */
function taken(root: JsonObject, pointer: string): JsonValue | undefined {
  const segments = parsePointer(pointer);
  const last = segments.pop() ?? "";
  let location: JsonValue | undefined = root;
  for (const segment of segments) location = (location as JsonObject | undefined)?.[segment];
  const value = (location as JsonObject | undefined)?.[last];
  if (value !== undefined) delete (location as JsonObject)[last];
  return value;
}

function children(location: JsonObject, segment: string, create: boolean): JsonObject[] {
  const keys = segment === "*" ? Object.keys(location) : (alternatives(segment) ?? [segment]);
  const found: JsonObject[] = [];
  for (const key of keys) {
    if (!(key in location) && create && segment !== "*") location[key] = {};
    const child = location[key];
    if (child !== null && typeof child === "object") found.push(child as JsonObject);
  }
  return found;
}

/** `{a,b}` as its parts; a path template like `{model}` has no comma and is a plain key. */
function alternatives(segment: string): string[] | undefined {
  return segment.startsWith("{") && segment.endsWith("}") && segment.includes(",")
    ? segment.slice(1, -1).split(",")
    : undefined;
}
