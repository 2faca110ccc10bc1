import type { Node } from "jsonc-parser";
import { NAME_HINT } from "../names/index.ts";
import type { StrengthOf } from "./named-value.ts";

/** The end of a text that the next one answers, or goes on with: "What is your password?", "Mon mot de passe est". */
const WANTS = /(?:[?？:：=]|\b(?:is|are|est|sont|ist|es))\s{0,4}$/i;
/** Characters of a text that may name what is wanted. */
const LOOKED = 120;
const MAX_NAME = 4;

/**
 * Indexes of the objects of a list, messages or parts of one, whose text is the answer to a question for a secret, or goes on with a
 * sentence that names one.
 */
export function secretAnswers(items: readonly Node[], strengthOf: StrengthOf): ReadonlySet<number> {
  const found = new Set<number>();
  for (let i = 1; i < items.length; i++) {
    const before = messageText(items[i - 1])?.slice(-LOOKED);
    if (
      before !== undefined &&
      WANTS.test(before) &&
      NAME_HINT.test(before) &&
      wantsSecret(before, strengthOf)
    )
      found.add(i);
  }
  return found;
}

function messageText(node: Node | undefined): string | undefined {
  if (node?.type !== "object") return undefined;
  const member = (node.children ?? []).find(({ children: [name, value] = [] }) =>
    name?.value === "content" || name?.value === "text" ? value?.type === "string" : false,
  );
  const text: unknown = member?.children?.[1]?.value;
  return typeof text === "string" ? text : undefined;
}

/** True if the last sentence names a secret. */
function wantsSecret(text: string, strengthOf: StrengthOf): boolean {
  const sentence = /[^.!?\n]*[.!?\s]*$/.exec(text)?.[0] ?? "";
  const words = sentence.split(/[^\p{L}\p{N}_'’-]+/u).filter((word) => word !== "");
  return words.some((_, begin) =>
    Array.from({ length: MAX_NAME }, (__, size) => words.slice(begin, begin + size + 1).join(" ")).some(
      (name) => strengthOf(name) === "strong",
    ),
  );
}
