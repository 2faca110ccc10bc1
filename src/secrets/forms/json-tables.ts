import type { Node } from "jsonc-parser";
import type { Strength } from "../names/index.ts";
import type { StrengthOf } from "./named-value.ts";

/** Certainty that the heads of a table's columns give of the cells below them. */
export type Columns = readonly (Strength | undefined)[];

/** Members that hold the rows of a table, and the heads of its columns. */
export const ROWS: RegExp = /^(?:rows|data|values|records|results?|items|tuples)$/i;
const HEADS = /^(?:columns?|cols|fields|headers?|heads?|keys|names|column_?names|schema)$/i;
const MAX_COLUMNS = 256;

/**
 * The columns of a list of rows, if its first row is their heads: as many names as the second row has cells. A cell must look like a
 * credential, as the first row may be none.
 */
export function columnsOf(
  first: Node | undefined,
  second: Node | undefined,
  strengthOf: StrengthOf,
): Columns | undefined {
  const names = columnNames(first);
  const same = second?.type === "array" && second.children?.length === names.length;
  return same ? strengthsOf(names, strengthOf) : undefined;
}

/** The columns that a member of an object names: `{"columns": ["login", "password"], "rows": [["bob", "…"]]}`. */
export function columnsBeside(
  members: readonly { readonly name: Node; readonly node: Node }[],
  strengthOf: StrengthOf,
): Columns | undefined {
  if (!members.some(({ name }) => ROWS.test(String(name.value)))) return undefined;
  const heads = members.find(({ name, node }) => node.type === "array" && HEADS.test(String(name.value)));
  return strengthsOf(columnNames(heads?.node), strengthOf);
}

/** Names of a list of strings, or of objects that have one each; none if an item has none. */
function columnNames(list: Node | undefined): readonly string[] {
  if (list?.type !== "array") return [];
  const children = list.children ?? [];
  if (children.length < 2 || children.length > MAX_COLUMNS) return [];
  const names = children.map(columnName).filter((name) => name !== undefined);
  return names.length === children.length ? names : [];
}

function columnName(node: Node): string | undefined {
  if (node.type === "string") return String(node.value);
  if (node.type !== "object") return undefined;
  const named = (node.children ?? []).find(({ children: [key, value] = [] }) =>
    key?.value === "name" ? value?.type === "string" : false,
  );
  const value: unknown = named?.children?.[1]?.value;
  return typeof value === "string" ? value : undefined;
}

function strengthsOf(names: readonly string[], strengthOf: StrengthOf): Columns | undefined {
  const strengths = names.map((name): Strength | undefined => {
    const strength = strengthOf(name);
    return strength === "strong" ? "weak" : strength;
  });
  return strengths.some((strength) => strength !== undefined) ? strengths : undefined;
}
