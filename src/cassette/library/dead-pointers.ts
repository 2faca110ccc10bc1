import { oglVersion, specOf } from "../../openapi/index.ts";
import { canName, parsePointer } from "../../util/index.ts";
import { type Cassette, type Interaction, matchRequestOf } from "../format/index.ts";

/** A pointer of `match.ignore` that can name nothing in a request that matches. */
export interface DeadPointer {
  /** Its location in the cassette. */
  readonly location: string;
  readonly ignored: string;
}

/**
 * Finds the pointers of a cassette that can name nothing: their way is not in the recorded body, or their only step is neither
 * there nor a member of the OpenAPI's body.
 */
export function deadPointers({ about, interactions }: Cassette): DeadPointer[] {
  return interactions.flatMap((interaction, i) =>
    (interaction.match?.ignore ?? []).flatMap((ignored, n) =>
      isDead(interaction, parsePointer(ignored), about.ogl)
        ? [{ location: `/interactions/${i}/match/ignore/${n}`, ignored }]
        : [],
    ),
  );
}

function isDead({ request, match }: Interaction, path: readonly string[], ogl: string): boolean {
  const { method, path: route, json } = matchRequestOf(request);
  if (!canName(json, path)) return true;
  const [name = "", ...rest] = path;
  if (
    rest.length > 0 ||
    name === "*" ||
    typeof json !== "object" ||
    json === null ||
    Object.hasOwn(json, name)
  )
    return false;
  // A subset does not compare members that were not recorded.
  if (match?.body === "subset") return true;
  const members = membersOfBody(method, route, ogl);
  return members !== undefined && !members.has(name);
}

/** Names of the members of an operation's JSON body; `undefined` if the OpenAPI does not list them. */
function membersOfBody(method: string, path: string, ogl: string): ReadonlySet<string> | undefined {
  const { operations, document } = specOf(oglVersion(ogl));
  const body = operations.find(method, path)?.operation.definition.requestBody;
  const schema = body?.content["application/json"]?.schema;
  const name = /^#\/components\/schemas\/(.*)$/.exec(String(schema?.["$ref"]))?.[1];
  const named = name === undefined ? schema : memberOf(memberOf(document.components, "schemas"), name);
  const properties = memberOf(named, "properties");
  return properties === undefined ? undefined : new Set(Object.keys(properties));
}

function memberOf(value: unknown, name: string): object | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const member: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  return typeof member === "object" && member !== null ? member : undefined;
}
