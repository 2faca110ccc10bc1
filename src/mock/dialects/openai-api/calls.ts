import { isObject } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";

/** Adds a delta of a tool call to the calls so far. */
export function addCallDelta(calls: Json[], delta: Json): void {
  const at = typeof delta["index"] === "number" ? delta["index"] : calls.length;
  const known = calls[at] ?? {};
  const before = isObject(known["function"]) ? known["function"] : {};
  const added = isObject(delta["function"]) ? delta["function"] : {};
  const text = String(before["arguments"] ?? "") + String(added["arguments"] ?? "");
  calls[at] = {
    id: known["id"] ?? delta["id"],
    function: { name: before["name"] ?? added["name"], arguments: text },
  };
}
