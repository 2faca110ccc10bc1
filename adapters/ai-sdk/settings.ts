/** A wire body said in the SDK's words, as its users say it. */
import { jsonSchema, type ModelMessage, tool, type ToolChoice, type ToolSet } from "ai";
import type { Params } from "../lib/protocol.ts";

/** Of the provider; options under this name go into the body as they are. */
export const NAME = "ogl";

interface WireMessage {
  readonly role: string;
  readonly content?: string | null;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
  readonly tool_call_id?: string;
}
interface WireTool {
  readonly function: { readonly name: string; readonly description?: string; readonly parameters?: object };
}

const SETTINGS: Readonly<Record<string, string>> = {
  max_tokens: "maxOutputTokens",
  temperature: "temperature",
  top_p: "topP",
  frequency_penalty: "frequencyPenalty",
  presence_penalty: "presencePenalty",
  seed: "seed",
};

interface Settings {
  readonly messages: ModelMessage[];
  readonly allowSystemInMessages: true;
  readonly tools?: ToolSet;
  readonly toolChoice?: ToolChoice<ToolSet>;
}

export function settingsOf({ messages, tools, tool_choice, ...rest }: Params): Settings {
  const known = Object.entries(rest).filter(([name]) => name in SETTINGS);
  const isOther = (name: string): boolean => name !== "model" && !(name in SETTINGS);
  const others = Object.fromEntries(Object.entries(rest).filter(([name]) => isOther(name)));
  return {
    messages: (messages as readonly WireMessage[]).map(messageOf),
    allowSystemInMessages: true,
    ...(tools !== undefined && { tools: toolsOf(tools as readonly WireTool[]) }),
    ...(tool_choice !== undefined && { toolChoice: choiceOf(tool_choice) }),
    ...Object.fromEntries(known.map(([name, value]) => [SETTINGS[name], value])),
    ...(Object.keys(others).length > 0 && { providerOptions: { [NAME]: others } }),
  };
}

function messageOf({ role, content, tool_calls = [], tool_call_id = "" }: WireMessage): ModelMessage {
  const text = content ?? "";
  if (role === "tool") {
    const output = { type: "text", value: text } as const;
    return { role, content: [{ type: "tool-result", toolCallId: tool_call_id, toolName: "", output }] };
  }
  if (tool_calls.length === 0) return { role, content: text } as ModelMessage;
  const calls = tool_calls.map(({ id, function: called }) => ({
    type: "tool-call" as const,
    toolCallId: id,
    toolName: called.name,
    input: JSON.parse(called.arguments) as unknown,
  }));
  return { role: "assistant", content: text === "" ? calls : [{ type: "text", text }, ...calls] };
}

/** Without `execute`: the calls are handed over, and nothing is called. */
function toolsOf(tools: readonly WireTool[]): ToolSet {
  return Object.fromEntries(
    tools.map(({ function: { name, description = "", parameters = { type: "object" } } }) => [
      name,
      tool({ description, inputSchema: jsonSchema(parameters) }),
    ]),
  );
}

function choiceOf(choice: unknown): ToolChoice<ToolSet> {
  if (typeof choice === "string") return choice as "auto" | "none" | "required";
  return { type: "tool", toolName: (choice as { function: { name: string } }).function.name };
}
