import { isObject } from "../../util/index.ts";
import { PINNED_VERSIONS, type PinnedVersion, pinnedDocument } from "./versions.ts";

/** Share of a document's names that a pinned one must have for it to be OGL's. */
const LEAST_SHARE = 0.5;

/**
 * The pinned version that a live server's OpenAPI is closest to, whatever it calls itself: a real OGL that was started from its
 * source says `latest`. What counts are the operations and the members of schemas.
 *
 * @param document parsed JSON
 * @returns `undefined` for a document that is not OGL's
 */
export function closestVersion(document: unknown): PinnedVersion | undefined {
  const own = declaredNames(document);
  const [closest] = PINNED_VERSIONS.map((version) => {
    const pinned = declaredNames(pinnedDocument(version));
    const shared = [...own].filter((name) => pinned.has(name)).length;
    return { version, shared, different: own.size + pinned.size - 2 * shared };
  }).toSorted((a, b) => a.different - b.different);
  return closest !== undefined && closest.shared > own.size * LEAST_SHARE ? closest.version : undefined;
}

/** Names of a document: `get /v1/models`, `Model.id`. */
function declaredNames(document: unknown): Set<string> {
  const { paths, components } = membersOf(document);
  const { schemas } = membersOf(components);
  const operations = Object.entries(membersOf(paths)).flatMap(([path, item]) =>
    Object.keys(membersOf(item)).map((method) => `${method} ${path}`),
  );
  const members = Object.entries(membersOf(schemas)).flatMap(([name, schema]) =>
    Object.keys(membersOf(membersOf(schema)["properties"])).map((member) => `${name}.${member}`),
  );
  return new Set([...operations, ...members]);
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});
