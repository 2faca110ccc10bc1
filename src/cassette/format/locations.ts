import type { Finding } from "../../openapi/index.ts";
import { countUpTo } from "../../util/index.ts";
import { type ReadSideFile, encodeElement, encodeElements } from "./codec.ts";
import type { BodyElement } from "./types.ts";

/** A JSON pointer into an interaction. */
export type FindingLocation = string;

/** The bytes of a response's body with the element of each byte. The elements are encoded once. */
export class BodyMap {
  readonly bytes: Uint8Array;
  readonly #elements: readonly BodyElement[];
  /** Offsets of the first bytes of the elements. */
  readonly #starts: readonly number[];

  /** @throws CassetteError or RangeError if an element can't be spelled out */
  constructor(elements: readonly BodyElement[], readSideFile?: ReadSideFile) {
    this.#elements = elements;
    const { bytes, starts } = encodeElements(elements, readSideFile);
    this.bytes = bytes;
    this.#starts = starts;
  }

  /**
   * The element that holds the byte at an offset.
   *
   * @param pointer JSON pointer below the element, used if the element begins at the offset
   */
  locationOf(offset: number, pointer = ""): FindingLocation {
    if (offset >= this.bytes.length) return "/response/body";
    const index = countUpTo(this.#starts, offset) - 1;
    return this.#element(index, offset === this.#starts[index] ? pointer : "");
  }

  /**
   * The location in the interaction of a finding about its response. A finding about the body is in the element that is the
   * whole body, if it has only one; a finding about an event is in the element with the event's first byte.
   */
  responseLocation(finding: Finding): FindingLocation {
    if (finding.part === "status") return "/response/status";
    if (finding.part === "headers") return "/response/headers";
    if (finding.part === "event") return this.locationOf(finding.offset ?? 0, finding.pointer);
    return this.#elements.length === 1 ? this.#element(0, finding.pointer) : "/response/body";
  }

  /** The location of an element, or below it if the element spells JSON. */
  #element(index: number, pointer: string): FindingLocation {
    const element = this.#elements[index];
    const location = `/response/body/${index}`;
    if (typeof element?.sse === "object") return `${location}/sse${pointer}`;
    return element?.json === undefined ? location : `${location}/json${pointer}`;
  }
}

/** The location of the first element that can't be encoded. */
export function brokenElement(elements: readonly BodyElement[], readSideFile: ReadSideFile): FindingLocation {
  for (const [i, element] of elements.entries()) {
    try {
      encodeElement(element, readSideFile);
    } catch {
      return `/response/body/${i}`;
    }
  }
  return "/response/body";
}

/** The location in the interaction of a finding about its request. */
export function requestLocation(finding: Finding): FindingLocation {
  if (finding.part === "path" || finding.part === "query" || finding.part === "line")
    return "/request/target";
  if (finding.part === "headers") return "/request/headers";
  return finding.code === "schema" ? `/request/json${finding.pointer}` : "/request";
}
