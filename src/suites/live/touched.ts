import { type LoadedCassette, splitTarget } from "../../cassette/index.ts";
import type { Operations, SpecChange } from "../../openapi/index.ts";
import type { TouchingChange } from "./report.ts";

/** Adds to each change the cassettes that hold requests of its operations. */
export function touchingChanges(
  changes: readonly SpecChange[],
  cassettes: readonly LoadedCassette[],
  operations: Operations,
): TouchingChange[] {
  const users = cassettes.map(({ file, cassette }) => ({
    file,
    operations: new Set(
      cassette.interactions.flatMap(({ request }) => {
        const found = operations.find(request.method, splitTarget(request.target).path);
        return found === undefined ? [] : [`${found.operation.method} ${found.operation.path}`];
      }),
    ),
  }));
  return changes.map((change) => ({
    ...change,
    cassettes: users
      .filter((user) => change.operations.some((name) => user.operations.has(name)))
      .map(({ file }) => file),
  }));
}
