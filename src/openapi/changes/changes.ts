import type { JsonObject } from "../document/index.ts";
import { schemaObject } from "./alternatives.ts";
import type { FoundChange, SpecChange } from "./model.ts";
import { type DocumentOperation, compareOperations, documentOperation } from "./operations.ts";
import { unchangedTest } from "./unchanged.ts";

const VERBS: ReadonlySet<string> = new Set([
  "get",
  "put",
  "post",
  "delete",
  "options",
  "head",
  "patch",
  "trace",
]);

/**
 * Changes from one OpenAPI document to a newer one that clients can notice, breaking ones first. A change of a component is one
 * change, with all operations that use it. Prose, names of components and the order of members are not compared.
 */
export function specChanges(before: JsonObject, after: JsonObject): SpecChange[] {
  const changes = new Map<string, { readonly change: FoundChange; readonly operations: string[] }>();
  const add = (name: string, change: FoundChange): void => {
    const { kind, part, pointer, text } = change;
    const key = [kind, part, pointer, text].join(" ");
    const known = changes.get(key) ?? { change, operations: [] };
    changes.set(key, known);
    if (!known.operations.includes(name)) known.operations.push(name);
  };
  const [was, is] = [operationsBySignature(before), operationsBySignature(after)];
  const isUnchanged = unchangedTest(before, after);
  for (const [signature, operation] of was) {
    const newer = is.get(signature);
    if (newer === undefined) add(operation.name, wholeOperation("operation-removed", operation));
    else if (!isUnchanged(operation, newer))
      compareOperations([operation, newer], (change) => add(operation.name, change));
  }
  for (const [signature, operation] of is)
    if (!was.has(signature)) add(operation.name, wholeOperation("operation-added", operation));
  for (const [first, second] of swappedPaths(before, after))
    for (const { name, path } of was.values())
      if (withoutNames(path) === first)
        add(name, {
          kind: "path-order",
          breaking: true,
          part: "operation",
          pointer: "/paths",
          location: "paths",
          text: `${second} is matched before ${first} from now on: a path that fits both is answered by the other`,
        });
  return [...changes.values()]
    .map(({ change, operations }) => ({ ...change, operations }))
    .toSorted((a, b) => Number(b.breaking) - Number(a.breaking));
}

function wholeOperation(
  kind: "operation-added" | "operation-removed",
  { at }: DocumentOperation,
): FoundChange {
  const removed = kind === "operation-removed";
  return {
    kind,
    breaking: removed,
    part: "operation",
    pointer: at.pointer,
    location: "operation",
    text: removed ? "operation removed" : "operation added",
  };
}

/** Operations by method and path, the path's parameters without their names. */
function operationsBySignature(document: JsonObject): Map<string, DocumentOperation> {
  const found = new Map<string, DocumentOperation>();
  for (const [path, item] of Object.entries(schemaObject(document["paths"])))
    for (const verb of Object.keys(schemaObject(item)))
      if (VERBS.has(verb))
        found.set(`${verb} ${withoutNames(path)}`, documentOperation(document, path, verb));
  return found;
}

function withoutNames(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, "{}");
}

/** Pairs of paths that can fit one request and that the documents have in another order: FastAPI takes the first. */
function swappedPaths(before: JsonObject, after: JsonObject): (readonly [string, string])[] {
  const [was, is] = [before, after].map((document) =>
    Object.keys(schemaObject(document["paths"])).map(withoutNames),
  ) as [string[], string[]];
  const order = new Map(is.map((path, i) => [path, i]));
  return was.flatMap((first, i) =>
    was.slice(i + 1).flatMap((second) => {
      const [at, next] = [order.get(first), order.get(second)];
      const swapped = at !== undefined && next !== undefined && at > next && canBothFit(first, second);
      return swapped ? [[first, second] as const] : [];
    }),
  );
}

function canBothFit(one: string, other: string): boolean {
  const [left, right] = [one.split("/"), other.split("/")];
  return (
    left.length === right.length &&
    left.every((step, i) => step === right[i] || step.includes("{}") || right[i]?.includes("{}") === true)
  );
}
