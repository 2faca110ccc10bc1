import type { Finding } from "../../openapi/index.ts";
import { countUpTo } from "../../util/index.ts";
import { type ReadSideFile, encodeElement } from "./codec.ts";
import type { BodyElement } from "./types.ts";

/** A JSON pointer into an interaction. */
export type FindingLocation = string;

/** The bytes of a response's body, and which element each of them is from. The elements are spelled out once. */
export class BodyMap {
  readonly bytes: Uint8Array;
  readonly #elements: readonly BodyElement[];
  /** Where each element begins. */
  readonly #starts: number[] = [];

  /** @throws CassetteError or RangeError if an element can't be spelled out */
  constructor(elements: readonly BodyElement[], readSideFile?: ReadSideFile) {
    this.#elements = elements;
    let size = 0;
    const parts = elements.map((element) => {
      const bytes = encodeElement(element, readSideFile);
      this.#starts.push(size);
      size += bytes.length;
      return bytes;
    });
    this.bytes = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts, size);
  }

  /**
   * The element that holds the byte at an offset.
   *
   * @param pointer goes on below an element that begins there
   */
  locationOf(offset: number, pointer = ""): FindingLocation {
    if (offset >= this.bytes.length) return "/response/body";
    const index = countUpTo(this.#starts, offset) - 1;
    return this.#element(index, offset === this.#starts[index] ? pointer : "");
  }

  /**
   * Where in an interaction a finding about its response is: a body's finding lies in the one element that spells the
   * body if there is but one, an event's in the element that holds its first byte.
   */
  responseLocation(finding: Finding): FindingLocation {
    if (finding.part === "status") return "/response/status";
    if (finding.part === "headers") return "/response/headers";
    if (finding.part === "event") return this.locationOf(finding.offset ?? 0, finding.pointer);
    return this.#elements.length === 1 ? this.#element(0, finding.pointer) : "/response/body";
  }

  /** Below an element the pointer goes on only where the element spells JSON. */
  #element(index: number, pointer: string): FindingLocation {
    const element = this.#elements[index];
    const location = `/response/body/${index}`;
    if (typeof element?.sse === "object") return `${location}/sse${pointer}`;
    return element?.json === undefined ? location : `${location}/json${pointer}`;
  }
}

/** Where the first element that can't be spelled out is. */
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

/** Where a finding about the request is. */
export function requestLocation(finding: Finding): FindingLocation {
  if (finding.part === "path" || finding.part === "query" || finding.part === "line")
    return "/request/target";
  if (finding.part === "headers") return "/request/headers";
  return finding.code === "schema" ? `/request/json${finding.pointer}` : "/request";
}
