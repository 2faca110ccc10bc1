import { isBundled } from "../cassette/index.ts";
import type { Answer, RequestHead, Source } from "../exchange/index.ts";
import type { Script } from "../http/index.ts";
import { parseJsonSource, printCompact } from "../util/index.ts";
import { isFaultModel } from "./synthesizer/index.ts";

/** Source whose bundled list of models is without the fault models. */
export function withoutFaultModels(source: Source): Source {
  const lists = new WeakMap<Script, Script>();
  const cleaned = (answer: Answer): Answer => {
    const { script, by } = answer;
    if (by.kind !== "cassette" || !isBundled(by.file)) return answer;
    const known = lists.get(script) ?? withFewerModels(script);
    lists.set(script, known);
    return { ...answer, script: known };
  };
  return {
    answer: (exchange) => {
      const answer = source.answer(exchange);
      if (answer === undefined || "later" in answer || exchange.operation?.id !== "models.list")
        return answer;
      return cleaned(answer);
    },
    ...(source.answerEarly === undefined
      ? {}
      : { answerEarly: (head: RequestHead) => source.answerEarly?.(head) }),
  };
}

/** The recorded answer without the fault models in its list; numbers keep their spelling. */
function withFewerModels(script: Script): Script {
  const writes = script.ops.flatMap((op) => (op.op === "write" ? [op.bytes] : []));
  const list = parseJsonSource(Buffer.concat(writes).toString("utf8")) as {
    readonly data?: readonly { readonly id?: unknown }[];
  };
  if (!Array.isArray(list.data)) return script;
  const data = list.data.filter(({ id }) => typeof id !== "string" || !isFaultModel(id));
  const bytes = Buffer.from(printCompact({ ...list, data }));
  return {
    ...script,
    ops: [...script.ops.filter(({ op }) => op === "wait"), { op: "write", bytes }, { op: "complete" }],
  };
}
