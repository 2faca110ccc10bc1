/** The forms in which a text holds values under telling names: JSON, settings, code, commands, markup, sentences. */
export { assignedValues } from "./assigned.ts";
export { callValues } from "./calls.ts";
export { commandValues } from "./commands.ts";
export { fieldValues } from "./fields.ts";
export { treeOfJson } from "./json-tree.ts";
export {
  type JsonLeaf,
  isBareLeaf,
  jsonLeaves,
  strengthsOfItems,
  strengthsOfMembers,
} from "./json-strings.ts";
export { markupValues } from "./markup.ts";
export type { NamedValue, StrengthOf } from "./named-value.ts";
export { cookieTexts, parameterValues, partValues } from "./parameters.ts";
export { namedAfter, proseValues } from "./prose.ts";
export { columnValues, insertedValues } from "./tables.ts";
