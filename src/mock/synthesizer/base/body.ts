import { isObject } from "../../../util/index.ts";
/** Parts of a request's body for the synthesizer. Members of a wrong type count as absent. */

export type Json = Readonly<Record<string, unknown>>;

export interface Message {
  readonly role: string;
  /** Text of the message, parts joined. */
  readonly text: string;
  /** Kinds of the attached images, files or sounds. */
  readonly attachments: readonly string[];
  /** Ids and names of the tools that the message calls. */
  readonly calls: readonly { readonly id: string; readonly name: string }[];
  /** Id of the call that the message answers. */
  readonly callId: string | undefined;
}

/** Messages of a chat. A plain string is a user message, as in OGL (observed on 0.4.1: chat-messages-of-strings). */
export function messagesOf(body: Json): Message[] {
  const { messages } = body;
  if (!Array.isArray(messages)) return [];
  return (messages as unknown[]).map((message) => {
    const given: Json = isObject(message) ? message : { role: "user", content: message };
    const { role, content, tool_calls: calls, tool_call_id: callId } = given;
    const parts = Array.isArray(content) ? (content as unknown[]) : [];
    return {
      role: typeof role === "string" ? role : "user",
      text: typeof content === "string" ? content : parts.map(textOfPart).filter(Boolean).join("\n"),
      attachments: parts.flatMap((part) =>
        isObject(part) && part["type"] !== "text" ? [contentKind(part)] : [],
      ),
      calls: callsOf(calls),
      callId: typeof callId === "string" ? callId : undefined,
    };
  });
}

function textOfPart(part: unknown): string {
  if (typeof part === "string") return part;
  const { text } = isObject(part) ? part : {};
  return typeof text === "string" ? text : "";
}

function contentKind({ type }: Json): string {
  return typeof type === "string" ? type.replaceAll(/^input_|_url$/g, "") : "file";
}

function callsOf(calls: unknown): Message["calls"] {
  if (!Array.isArray(calls)) return [];
  return (calls as unknown[]).flatMap((call) => {
    const { id, function: called } = isObject(call) ? call : {};
    const { name } = isObject(called) ? called : {};
    return typeof name === "string" ? [{ id: String(id), name }] : [];
  });
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: unknown;
}

/** Function tools of a request; OGL's own search tool is left out, since a model cannot call it. */
export function toolsOf(body: Json): Tool[] {
  const { tools } = body;
  if (!Array.isArray(tools)) return [];
  return (tools as unknown[]).flatMap((tool) => {
    const { function: given } = isObject(tool) ? tool : {};
    const { name, description, parameters } = isObject(given) ? given : {};
    if (typeof name !== "string") return [];
    return [{ name, description: typeof description === "string" ? description : "", parameters }];
  });
}

/** Reads a whole number above 0; `undefined` for any other value, which some upstreams would refuse. */
export function positive(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number > 0 ? number : undefined;
}

/** Stop sequences of a request; an empty one is ignored, since it would end every text. */
export function stopsOf({ stop }: Json): string[] {
  const list: unknown[] = Array.isArray(stop) ? stop : [stop];
  return list.filter((item): item is string => typeof item === "string" && item !== "");
}
