import type { Answer } from "../exchange/index.ts";
import { hasHeader } from "../http/index.ts";

/** Adds headers that an answer lacks, before `content-length` and `content-type`, which Starlette sends last. */
export function withHeaders(answer: Answer, headers: readonly (readonly [string, string])[]): Answer {
  const { script } = answer;
  if (script.head === null || headers.length === 0) return answer;
  const added = headers.filter(([name]) => !hasHeader(script.head?.headers ?? [], name));
  const at = script.head.headers.findIndex(([name]) => /^(?:content-length|content-type)$/i.test(name));
  const all = [...script.head.headers];
  all.splice(at === -1 ? all.length : at, 0, ...added);
  return { ...answer, script: { ...script, head: { ...script.head, headers: all } } };
}
