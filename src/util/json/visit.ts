import type { JSONVisitor } from "jsonc-parser";
import { jsonc } from "./jsonc.ts";

/** A defect of JSON text that `JSON.parse` lets pass. */
export type JsonDefect =
  | { readonly kind: "too-deep"; readonly offset: number }
  | { readonly kind: "duplicate-key"; readonly offset: number; readonly key: string };

/**
 * Goes over JSON text once, with the offset of each token.
 * @param maxDepth levels that the text may nest
 * @param fail called with the first defect; throws the caller's own error
 * @param visitor called for what is sound
 */
export function walkJson(
  text: string,
  maxDepth: number,
  fail: (defect: JsonDefect) => never,
  visitor: JSONVisitor,
): void {
  /** The keys of each object that is open; `undefined` for an array. */
  const open: (Set<string> | undefined)[] = [];
  const enter = (keys: Set<string> | undefined, offset: number): void => {
    if (open.length >= maxDepth) fail({ kind: "too-deep", offset });
    open.push(keys);
  };
  const checking: JSONVisitor = {
    ...visitor,
    onObjectBegin: (offset, ...rest) => {
      enter(new Set(), offset);
      return visitor.onObjectBegin?.(offset, ...rest);
    },
    onArrayBegin: (offset, ...rest) => {
      enter(undefined, offset);
      return visitor.onArrayBegin?.(offset, ...rest);
    },
    onObjectEnd: (...at) => {
      open.pop();
      visitor.onObjectEnd?.(...at);
    },
    onArrayEnd: (...at) => {
      open.pop();
      visitor.onArrayEnd?.(...at);
    },
    onObjectProperty: (key, offset, ...rest) => {
      const keys = open.at(-1);
      if (keys?.has(key)) fail({ kind: "duplicate-key", offset, key });
      keys?.add(key);
      visitor.onObjectProperty?.(key, offset, ...rest);
    },
  };
  // Comments are let pass here, so that a visitor can refuse them in words of its own.
  jsonc().visit(text, checking, { disallowComments: false, allowTrailingComma: false });
}
