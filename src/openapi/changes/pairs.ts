import { canonicalJson } from "../../util/index.ts";
import { type Alternative, schemaList, schemaObject } from "./alternatives.ts";

/** Alternatives of two schemas, each with its counterpart where it has one. */
export interface PairedAlternatives {
  readonly pairs: readonly (readonly [before: Alternative, after: Alternative])[];
  readonly removed: readonly Alternative[];
  readonly added: readonly Alternative[];
}

/** Ways to recognise an alternative, the surest first. */
const SIGNATURES: readonly ((one: Alternative) => string | undefined)[] = [
  ({ type, schema }) => `${type} ${canonicalJson(schema)}`,
  ({ type, name }) => (name === undefined ? undefined : `${type} ${name}`),
  ({ type, schema }) => `${type} ${constants(schema)}`,
  ({ type }) => type,
];

/** Finds the counterparts of alternatives. */
export function pairAlternatives(
  before: readonly Alternative[],
  after: readonly Alternative[],
): PairedAlternatives {
  const [first, second] = [before[0], after[0]];
  if (before.length === 1 && after.length === 1 && first?.type === second?.type && first && second)
    return { pairs: [[first, second]], removed: [], added: [] };
  const pairs: [Alternative, Alternative][] = [];
  let [removed, added] = [[...before], [...after]];
  for (const signature of SIGNATURES) {
    const paired = new Set<Alternative>();
    for (const one of removed) {
      const wanted = signature(one);
      const other = added.find(
        (each) => wanted !== undefined && !paired.has(each) && signature(each) === wanted,
      );
      if (other === undefined) continue;
      paired.add(one).add(other);
      pairs.push([one, other]);
    }
    [removed, added] = [removed.filter((one) => !paired.has(one)), added.filter((one) => !paired.has(one))];
  }
  return { pairs, removed, added };
}

/** Members with one possible value, by which a union's branches differ: `{"type": "function"}`. */
function constants(schema: Alternative["schema"]): string {
  return Object.entries(schemaObject(schema["properties"]))
    .flatMap(([name, member]) => {
      const { const: constant, enum: values } = schemaObject(member);
      const only = constant ?? (schemaList(values).length === 1 ? schemaList(values)[0] : undefined);
      return only === undefined ? [] : [`${name}=${canonicalJson(only)}`];
    })
    .toSorted()
    .join(" ");
}
