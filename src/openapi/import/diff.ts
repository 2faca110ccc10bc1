import {
  type SourceJson,
  SourceLiteral,
  type SourceObject,
  formatPointer,
  parsePointer,
} from "../../util/index.ts";
import { mapOf } from "./components.ts";

/** A difference of two documents at one location. */
export interface DocumentDifference {
  readonly pointer: string;
  /** `order`: the same paths, but matched in another order. */
  readonly kind: "added" | "removed" | "changed" | "order";
  /** Compact JSON, of what was and what is there. */
  readonly before?: string;
  readonly after?: string;
}

/** Differences of two documents. The order of members does not count, except that of paths: FastAPI matches in it. */
export function documentDifferences(before: SourceJson, after: SourceJson): DocumentDifference[] {
  const found: DocumentDifference[] = [];
  compare(before, after, [], found);
  const orders = [before, after].map((document) => [...mapOf(mapOf(document).get("paths")).keys()]);
  const [first = [], second = []] = orders.map((paths, i) =>
    paths.filter((path) => orders[1 - i]?.includes(path)),
  );
  const at = first.findIndex((path, i) => second[i] !== path);
  if (at !== -1) {
    const [was, is] = [JSON.stringify(first[at]), JSON.stringify(second[at])];
    found.push({ pointer: "/paths", kind: "order", before: was, after: is });
  }
  return found;
}

function compare(
  before: SourceJson,
  after: SourceJson,
  segments: readonly (string | number)[],
  found: DocumentDifference[],
): void {
  if (before instanceof Map && after instanceof Map) {
    for (const key of new Set([...before.keys(), ...after.keys()]))
      child(before.get(key), after.get(key), [...segments, key], found);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let i = 0; i < Math.max(before.length, after.length); i++)
      child(before[i], after[i], [...segments, i], found);
  } else if (
    !(before instanceof SourceLiteral && after instanceof SourceLiteral && before.value === after.value)
  ) {
    const [was, is] = [compact(before), compact(after)];
    found.push({ pointer: formatPointer(segments), kind: "changed", before: was, after: is });
  }
}

function child(
  before: SourceJson | undefined,
  after: SourceJson | undefined,
  segments: readonly (string | number)[],
  found: DocumentDifference[],
): void {
  const pointer = formatPointer(segments);
  if (before !== undefined && after !== undefined) compare(before, after, segments, found);
  else if (after !== undefined) found.push({ pointer, kind: "added", after: compact(after) });
  else if (before !== undefined) found.push({ pointer, kind: "removed", before: compact(before) });
}

function compact(value: SourceJson): string {
  if (value instanceof SourceLiteral) return value.text;
  return Array.isArray(value)
    ? `[${value.map(compact).join(",")}]`
    : `{${[...value].map(([key, item]) => `${JSON.stringify(key)}:${compact(item)}`).join(",")}}`;
}

/** Differences between the operations of a document and those of an older one, each as `POST /v1/path`. */
export interface OperationDifferences {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** `components`: the components that it uses, by way of others too, and that are not the same; may be none. */
  readonly changed: readonly { readonly operation: string; readonly components: readonly string[] }[];
  readonly same: number;
}

/** Compares the operations of two documents without their prose. */
export function operationDifferences(before: SourceObject, after: SourceObject): OperationDifferences {
  const [old, now] = [operationsOf(before), operationsOf(after)];
  const differing = new Set(
    documentDifferences(
      before.get("components") ?? new Map<string, SourceJson>(),
      after.get("components") ?? new Map<string, SourceJson>(),
    ).map(({ pointer }) => parsePointer(pointer).slice(0, 2).join("/")),
  );
  const changed: { operation: string; components: string[] }[] = [];
  for (const [operation, definition] of now) {
    const was = old.get(operation);
    if (was === undefined) continue;
    const components = [...usedBy(definition, after)].filter((name) => differing.has(name)).toSorted();
    if (components.length > 0 || documentDifferences(was, definition).length > 0)
      changed.push({ operation, components });
  }
  const added = [...now.keys()].filter((operation) => !old.has(operation));
  return {
    added,
    removed: [...old.keys()].filter((operation) => !now.has(operation)),
    changed,
    same: now.size - added.length - changed.length,
  };
}

/** The operations of a document by `METHOD path`, in its order. */
export function operationsOf(document: SourceObject): Map<string, SourceJson> {
  return new Map(
    [...mapOf(document.get("paths"))].flatMap(([path, item]) =>
      [...mapOf(item)]
        .filter(([verb]) => /^(?:get|put|post|delete|options|head|patch|trace)$/.test(verb))
        .map(([verb, operation]) => [`${verb.toUpperCase()} ${path}`, operation] as const),
    ),
  );
}

function usedBy(value: SourceJson, document: SourceObject, seen: Set<string> = new Set()): Set<string> {
  if (value instanceof SourceLiteral) return seen;
  for (const item of value.values()) usedBy(item, document, seen);
  const ref = value instanceof Map ? value.get("$ref") : undefined;
  const name =
    ref instanceof SourceLiteral ? /^#\/components\/(.+)$/.exec(String(ref.value))?.[1] : undefined;
  if (name === undefined || seen.has(name)) return seen;
  seen.add(name);
  const [section = "", key = ""] = parsePointer(`/${name}`);
  const target = mapOf(mapOf(document.get("components")).get(section)).get(key);
  return target === undefined ? seen : usedBy(target, document, seen);
}
