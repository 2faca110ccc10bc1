import { isDeepStrictEqual } from "node:util";
import type { JsonObject, JsonValue } from "../document/index.ts";
import { schemaObject } from "./alternatives.ts";
import type { DocumentOperation } from "./operations.ts";

/**
 * Makes the test for operations that are the same in both documents, with all components that they use: those need no comparison,
 * and they are nearly all operations of nearly all documents.
 */
export function unchangedTest(
  before: JsonObject,
  after: JsonObject,
): (was: DocumentOperation, is: DocumentOperation) => boolean {
  const [old, now] = [schemaObject(before["components"]), schemaObject(after["components"])];
  const keys = isDeepStrictEqual(old["securitySchemes"], now["securitySchemes"]);
  if (!keys || !isDeepStrictEqual(before["security"], after["security"])) return () => false;
  const changed = usersOfChanged(old, now);
  const uses = (value: JsonValue): boolean => [...refsIn(value)].some((ref) => changed.has(ref));
  return (was, is) => {
    const [one, other] = [was, is].map(
      ({ document, path }) => schemaObject(document["paths"])[path] ?? null,
    ) as [JsonValue, JsonValue];
    return was.path === is.path && isDeepStrictEqual(one, other) && !uses(one);
  };
}

/** References to components that differ, or that use one that does. */
function usersOfChanged(old: JsonObject, now: JsonObject): ReadonlySet<string> {
  const changed = new Set<string>();
  const refs = new Map<string, ReadonlySet<string>>();
  for (const section of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const [was, is] = [schemaObject(old[section]), schemaObject(now[section])];
    for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const ref = `#/components/${section}/${name}`;
      if (!isDeepStrictEqual(was[name], is[name])) changed.add(ref);
      refs.set(ref, refsIn(is[name] ?? null));
    }
  }
  for (let size = -1; size !== changed.size;) {
    size = changed.size;
    for (const [ref, used] of refs) if ([...used].some((one) => changed.has(one))) changed.add(ref);
  }
  return changed;
}

function refsIn(value: JsonValue, found: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof value !== "object" || value === null) return found;
  for (const item of Object.values(value)) refsIn(item, found);
  const ref = schemaObject(value)["$ref"];
  return typeof ref === "string" ? found.add(ref) : found;
}
