import type { AnswerChange } from "./report.ts";

/** A member that the live values lack: whether that breaks clients is the OpenAPI's to say. */
export interface StructureChange extends Pick<AnswerChange, "breaking" | "location" | "text"> {
  /** Name of a missing member, and the location of its object. */
  readonly missing?: { readonly name: string; readonly from: string };
}

/**
 * Differences in structure between recorded JSON values and live ones: types, and names of members. `null` and an empty array say
 * nothing of what stands there otherwise, so they differ from nothing.
 * @param recorded values of one location in all recorded messages
 * @param location of the values: `.choices[]`
 */
export function structureChanges(
  recorded: readonly unknown[],
  live: readonly unknown[],
  location = "",
): StructureChange[] {
  const [was, is] = [typesIn(recorded), typesIn(live)];
  if (was.size === 0 || is.size === 0) return [];
  const known = [...is].filter((type) => was.has(type));
  if (known.length === 0)
    return [{ breaking: true, location, text: `is ${typeList(is)}, was ${typeList(was)}` }];
  const strange = [...is].filter((type) => !was.has(type));
  return [
    ...(strange.length === 0
      ? []
      : [
          {
            breaking: false,
            location,
            text: `is also ${typeList(new Set(strange))}, was only ${typeList(was)}`,
          },
        ]),
    ...memberChanges(recorded.filter(isMembers), live.filter(isMembers), location),
    ...itemChanges(recorded.filter(Array.isArray), live.filter(Array.isArray), location),
  ];
}

type Members = Readonly<Record<string, unknown>>;

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function memberChanges(
  recorded: readonly Members[],
  live: readonly Members[],
  from: string,
): StructureChange[] {
  if (recorded.length === 0 || live.length === 0) return [];
  const [was, is] = [memberNames(recorded), memberNames(live)];
  return [...new Set([...was, ...is])].flatMap((name): StructureChange[] => {
    const location = `${from}.${name}`;
    if (!is.has(name)) return [{ breaking: false, location, text: "is missing", missing: { name, from } }];
    if (!was.has(name)) return [{ breaking: false, location, text: "is new" }];
    return structureChanges(memberValues(recorded, name), memberValues(live, name), location);
  });
}

function itemChanges(
  recorded: readonly (readonly unknown[])[],
  live: readonly (readonly unknown[])[],
  location: string,
): StructureChange[] {
  return structureChanges(recorded.flat(), live.flat(), `${location}[]`);
}

function memberNames(objects: readonly Members[]): ReadonlySet<string> {
  return new Set(objects.flatMap((object) => Object.keys(object)));
}

function memberValues(objects: readonly Members[], name: string): unknown[] {
  return objects.flatMap((object) => (Object.hasOwn(object, name) ? [object[name]] : []));
}

function typesIn(values: readonly unknown[]): ReadonlySet<string> {
  return new Set(
    values.flatMap((value) => {
      if (value === null) return [];
      return [Array.isArray(value) ? "array" : typeof value];
    }),
  );
}

function typeList(types: ReadonlySet<string>): string {
  return [...types].toSorted().join(" or ");
}
