import {
  type SourceJson,
  SourceLiteral,
  type SourceObject,
  formatPointer,
  parsePointer,
} from "../../util/index.ts";
import { OpenApiError } from "./import-error.ts";
import { type PartKind, type Walk, withoutProse } from "./prose.ts";

const PART_KINDS: Readonly<Record<string, PartKind>> = {
  schemas: "schema",
  responses: "response",
  parameters: "parameter",
  headers: "parameter",
  requestBodies: "requestBody",
  securitySchemes: "securityScheme",
  links: "link",
  callbacks: "callback",
  pathItems: "pathItem",
};

export interface KeptComponents {
  /** Sections and names sorted, since a server's own order changes with its imports. */
  readonly components: SourceObject;
  readonly kept: number;
  /** `schemas/Name` of what nothing refers to. */
  readonly unused: readonly string[];
}

/**
 * The components that the rest of a document needs, directly or by way of others, without their prose.
 * @param walk what was seen in the rest
 * @throws OpenApiError `external-reference` or `dangling-reference`
 */
export function neededComponents(source: string, document: SourceObject, walk: Walk): KeptComponents {
  const sections = mapOf(document.get("components"));
  const kept = new Map<string, SourceObject>();
  const queue = [...walk.refs, ...securityOf(document)];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const at = formatPointer(next.pointer);
    const [first, section = "", name = ""] = segmentsOf(source, at, next.ref);
    const value = mapOf(sections.get(section)).get(name);
    if (first !== "components" || value === undefined) {
      if (resolves(document, segmentsOf(source, at, next.ref))) continue;
      throw new OpenApiError(
        "dangling-reference",
        { file: source, pointer: at },
        `refers to ${next.ref}, which the document does not have`,
        "the document is not whole; fetch it from the server again, or report the fault there",
      );
    }
    const known = kept.get(section) ?? new Map<string, SourceJson>();
    kept.set(section, known);
    if (known.has(name)) continue;
    const inner: Walk = { refs: [], dropped: 0 };
    const kind = PART_KINDS[section];
    known.set(
      name,
      kind === undefined ? value : withoutProse(value, kind, ["components", section, name], inner),
    );
    walk.dropped += inner.dropped;
    queue.push(...inner.refs);
  }
  const unused = [...sections].flatMap(([section, entries]) =>
    [...mapOf(entries).keys()]
      .filter((name) => !kept.get(section)?.has(name))
      .map((name) => `${section}/${name}`),
  );
  const components = sorted(new Map([...kept].map(([section, entries]) => [section, sorted(entries)])));
  return { components, kept: [...kept.values()].reduce((sum, entries) => sum + entries.size, 0), unused };
}

function segmentsOf(source: string, pointer: string, ref: string): string[] {
  if (ref !== "#" && !ref.startsWith("#/"))
    throw new OpenApiError(
      "external-reference",
      { file: source, pointer },
      `refers to ${ref}, outside of the document`,
      "bundle the document into one file first; FastAPI's own documents are one",
    );
  try {
    return parsePointer(decodeURIComponent(ref.slice(1)));
  } catch {
    return parsePointer(ref.slice(1));
  }
}

/** Security schemes are referred to by name. */
function securityOf(document: SourceObject): Walk["refs"] {
  const found: Walk["refs"] = [];
  const add = (principal: SourceJson | undefined, pointer: string[]): void => {
    const security = principal instanceof Map ? principal.get("security") : undefined;
    for (const requirement of Array.isArray(security) ? security : [])
      for (const name of mapOf(requirement).keys())
        found.push({
          pointer: [...pointer, "security"],
          ref: `#${formatPointer(["components", "securitySchemes", name])}`,
        });
  };
  add(document, []);
  for (const [path, item] of mapOf(document.get("paths")))
    for (const [verb, operation] of mapOf(item)) add(operation, ["paths", path, verb]);
  return found;
}

function resolves(document: SourceJson, segments: readonly string[]): boolean {
  let value: SourceJson | undefined = document;
  for (const segment of segments) {
    if (Array.isArray(value)) value = value[Number(segment)];
    else value = value instanceof SourceLiteral ? undefined : value?.get(segment);
  }
  return value !== undefined;
}

/** The value as an object; an empty one if it is none. */
export function mapOf(value: SourceJson | undefined): SourceObject {
  return value instanceof Map ? value : new Map<string, SourceJson>();
}

function sorted(entries: SourceObject): SourceObject {
  return new Map([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
