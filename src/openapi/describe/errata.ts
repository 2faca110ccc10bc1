import { parsePointer } from "../../util/index.ts";
import { type Erratum, type OglVersion, type Operation, errataOf } from "../document/index.ts";

/** An erratum, and by what it touches an operation. */
export interface TouchingErratum extends Pick<Erratum, "id" | "ogl" | "says" | "does" | "evidence"> {
  /** `operation`: it is about just this one; `schema`: about a schema that it uses; `everywhere`: about any. */
  readonly by: "operation" | "schema" | "everywhere";
}

const ORDER: readonly TouchingErratum["by"][] = ["operation", "schema", "everywhere"];

/**
 * The errata that touch an operation, what is most its own first.
 * @param schemas the names of the schemas that it uses
 */
export function errataFor(
  version: OglVersion,
  operation: Operation,
  schemas: ReadonlySet<string>,
): TouchingErratum[] {
  return errataOf(version)
    .flatMap((erratum) => {
      const by = touches(erratum, operation, schemas);
      const { id, ogl, says, does, evidence } = erratum;
      return by === undefined ? [] : [{ id, by, ogl, says, does, evidence }];
    })
    .toSorted((a, b) => ORDER.indexOf(a.by) - ORDER.indexOf(b.by));
}

function touches(
  erratum: Erratum,
  operation: Operation,
  schemas: ReadonlySet<string>,
): TouchingErratum["by"] | undefined {
  const locations = erratum.patch.map((patch) => patchedBy(patch.at, operation, schemas));
  if (names(erratum.says, operation)) return "operation";
  if (erratum.widen !== undefined && (operation.definition.requestBody ?? operation.definition.parameters))
    locations.push("everywhere");
  return ORDER.find((by) => locations.includes(by));
}

function patchedBy(
  pointer: string,
  operation: Operation,
  schemas: ReadonlySet<string>,
): TouchingErratum["by"] | undefined {
  const [first, second = "", third = ""] = parsePointer(pointer);
  if (first === "x-gatetape-anywhere") return "everywhere";
  if (first === "components")
    return third.split(/[{},]/).some((name) => schemas.has(name)) ? "schema" : undefined;
  if (first !== "paths") return undefined;
  if (second === "*") return "everywhere";
  return second === operation.path && (third === "*" || third === operation.method.toLowerCase())
    ? "operation"
    : undefined;
}

/** Some errata have nothing to patch, and only name the operation. */
function names(text: string, { method, path }: Operation): boolean {
  const at = text.indexOf(`${method} ${path}`);
  return at !== -1 && !/[\w/{-]/.test(text.charAt(at + method.length + 1 + path.length));
}
