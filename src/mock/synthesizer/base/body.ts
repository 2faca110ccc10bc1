import { isObject } from "../../../util/index.ts";
/** Reads of a request's body what the synthesizer looks at. What is not as it should be counts as not there. */

export type Json = Readonly<Record<string, unknown>>;

export interface Message {
  readonly role: string;
  /** The text of it, parts put together. */
  readonly text: string;
  /** How many images, files or sounds it has. */
  readonly attachments: readonly string[];
  /** The names of the functions that it calls. */
  readonly calls: readonly { readonly id: string; readonly name: string }[];
  /** Which call it answers. */
  readonly callId: string | undefined;
}

/** The messages of a chat; one that is a string is the user's (OGL takes such ones: chat-messages-of-strings). */
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
  /** A JSON Schema of its arguments. */
  readonly parameters: unknown;
}

/** The functions among the tools; OGL's own search tool is none that a model could call. */
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

/** A whole number above 0, or `undefined`: an upstream that minds others is not played here. */
export function positive(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number > 0 ? number : undefined;
}

/** Sequences at which a text ends. An empty one would end every text. */
export function stopsOf({ stop }: Json): string[] {
  const list: unknown[] = Array.isArray(stop) ? stop : [stop];
  return list.filter((item): item is string => typeof item === "string" && item !== "");
}
