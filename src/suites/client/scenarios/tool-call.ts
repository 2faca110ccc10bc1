import type { Call } from "../../model/index.ts";
import { delta } from "./scripts.ts";

const functionTool = (name: string): object => ({
  type: "function",
  function: { name, parameters: { type: "object", properties: {} } },
});

/** Call with two tools, `f` and `g`. */
export const CALL: Pick<Call, "params"> = {
  params: {
    model: "ok",
    messages: [{ role: "user", content: "Compare Paris and Lyon" }],
    tools: [functionTool("f"), functionTool("g")],
    tool_choice: "auto",
  },
};

/** Frame of the finish reason. */
export const FINISH: string = delta({}, "tool_calls");
/** First call that the server makes. */
export const FIRST = { id: "call_1", name: "f", arguments: '{"a":1}' };
export const SECOND = { id: "call_2", name: "g", arguments: '{"b":2}' };
