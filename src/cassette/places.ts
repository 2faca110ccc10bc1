import type { Finding } from "../spec/index.ts";
import { encodeElement, type ReadSideFile } from "./codec.ts";
import type { BodyElement } from "./types.ts";

/** A JSON pointer into an interaction. */
export type FindingPlace = string;

/**
 * Where in an interaction a finding about its response is: a body's finding lies in the one element that spells the
 * body if there is but one, an event's in the element that holds its first byte.
 */
export function responsePlace(
  finding: Finding,
  elements: readonly BodyElement[],
  readSideFile?: ReadSideFile,
): FindingPlace {
  if (finding.part === "status") return "/response/status";
  if (finding.part === "headers") return "/response/headers";
  if (finding.part === "event")
    return bodyPlace(elements, finding.offset ?? 0, finding.pointer, readSideFile);
  return elements.length === 1 ? elementPlace(elements, 0, finding.pointer) : "/response/body";
}

/** Where a finding about the request is. */
export function requestPlace(finding: Finding): FindingPlace {
  if (finding.part === "path" || finding.part === "query" || finding.part === "line")
    return "/request/target";
  if (finding.part === "headers") return "/request/headers";
  return finding.code === "schema" ? `/request/json${finding.pointer}` : "/request";
}

/** The element of a body that holds the byte at an offset. */
export function bodyPlace(
  elements: readonly BodyElement[],
  offset: number,
  pointer = "",
  readSideFile?: ReadSideFile,
): FindingPlace {
  let start = 0;
  for (const [i, element] of elements.entries()) {
    const end = start + encodeElement(element, readSideFile).length;
    if (offset < end) return elementPlace(elements, i, offset === start ? pointer : "");
    start = end;
  }
  return "/response/body";
}

/** Below an element the pointer goes on only where the element spells JSON. */
function elementPlace(elements: readonly BodyElement[], index: number, pointer: string): FindingPlace {
  const element = elements[index];
  const place = `/response/body/${index}`;
  if (typeof element?.sse === "object") return `${place}/sse${pointer}`;
  return element?.json === undefined ? place : `${place}/json${pointer}`;
}
