import {
  type CassetteRequest,
  type Interaction,
  type ReadSideFile,
  encodeBody,
  scriptOf,
} from "../cassette/index.ts";
import { type SseToken, decodeSse, mediaType } from "../http/index.ts";
import { visible } from "../util/index.ts";

const WIDTH = 110;

/**
 * Prints a recorded exchange for people: the request, the head, then each write with the time since the request, its
 * size and its content.
 */
export function timelineOf(interaction: Interaction, readSideFile: ReadSideFile, full: boolean): string {
  const { request, response, match, waivers = [] } = interaction;
  const cut = (text: string): string =>
    full || text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 3)}...`;
  const lines = [`${interaction.name}`, ""];
  lines.push(`> ${request.method} ${request.target}${request.http ? ` HTTP/${request.http}` : ""}`);
  for (const [name, value] of request.headers ?? []) lines.push(`> ${name}: ${value}`);
  const body = requestText(request);
  if (body !== "") lines.push(`> ${cut(body)}`);
  if (match) lines.push(`  match: ${JSON.stringify(match)}`);
  lines.push("");
  let at = response.wait ?? 0;
  const stamp = (text: string): string => `${String(Math.round(at)).padStart(7)} ms  ${text}`;
  const { head } = scriptOf(response, readSideFile);
  if (head !== null) {
    lines.push(stamp(`${head.status} ${head.reason} (${head.framing})`));
    for (const [name, value] of head.headers) lines.push(`            ${name}: ${value ?? "(computed)"}`);
  }
  const type = response.headers?.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? undefined;
  const sse = mediaType(type) === "text/event-stream";
  for (const write of encodeBody(response.body ?? [], readSideFile)) {
    at += write.wait;
    const size = `${String(write.bytes.length).padStart(6)} B  `;
    for (const [i, part] of readableParts(write.bytes, sse, full).entries()) {
      lines.push(i === 0 ? stamp(size + cut(part)) : `${" ".repeat(22)}${cut(part)}`);
    }
  }
  const end = response.end ?? { how: "complete" };
  at += end.wait ?? 0;
  lines.push(stamp(`[${end.how}]`));
  for (const { pointer, reason } of waivers) lines.push("", `waived at ${pointer || "/"}: ${cut(reason)}`);
  return `${lines.join("\n")}\n`;
}

/**
 * Prints the bytes of a write as readable parts: the lines of an event stream one by one, so that bytes outside of events
 * are visible too. Plain line feeds and blank lines are left out; other line ends, and a missing blank line, are shown.
 */
export function readableParts(bytes: Uint8Array, sse: boolean, full: boolean): string[] {
  if (!sse) return [visible(Buffer.from(bytes).toString("utf8"))];
  const parts: string[] = [];
  const tokens = decodeSse(bytes);
  for (const token of tokens) {
    const { text, end } = textAndEnd(token.bytes);
    if (token.kind === "tail") parts.push(`(no line end) ${visible(text)}`);
    else if (token.kind !== "blank") parts.push(shownLine(token, text, full) + shownEnd(end));
    else if (parts.length === 0 || end !== "\n") parts.push(`${parts.pop() ?? ""}${visible(end)}`);
  }
  const last = tokens.at(-1)?.kind;
  return last === "field" || last === "comment"
    ? [...parts.slice(0, -1), `${parts.at(-1)} (no blank line)`]
    : parts;
}

/** Line of a stream: in summary if it holds a chat chunk in the usual spelling. */
function shownLine(token: SseToken, text: string, full: boolean): string {
  const isUsual = token.kind === "field" && token.name === "data" && text.startsWith("data: ");
  const summary = isUsual && !full ? eventSummary(token.value ?? "") : undefined;
  return summary ?? visible(text);
}

/** Text of a line, and its end. */
function textAndEnd(bytes: Uint8Array): { text: string; end: string } {
  const whole = Buffer.from(bytes).toString("utf8");
  const [end = ""] = /(?:\r\n|\r|\n)?$/.exec(whole) ?? [];
  return { text: whole.slice(0, whole.length - end.length), end };
}

const shownEnd = (end: string): string => (end === "\n" ? "" : visible(end));

/** Summary of a chat chunk; `undefined` if the data is not a chat chunk. */
function eventSummary(data: string): string | undefined {
  let chunk: ChatChunk | null;
  try {
    chunk = JSON.parse(data) as ChatChunk | null;
  } catch {
    return undefined;
  }
  if (chunk?.object !== "chat.completion.chunk" || !Array.isArray(chunk.choices)) return undefined;
  const parts = chunk.choices.flatMap(({ index, delta, finish_reason }) => [
    ...(chunk.choices.length > 1 || index !== 0 ? [`choice ${index}`] : []),
    ...Object.entries(delta ?? {}).map(([key, value]) => `${key} ${JSON.stringify(value)}`),
    ...(finish_reason ? [`finish_reason ${JSON.stringify(finish_reason)}`] : []),
  ]);
  if (chunk.choices.length === 0) parts.push("choices []");
  if (chunk.usage) parts.push(`usage ${JSON.stringify(chunk.usage)}`);
  return `chunk: ${parts.join(", ")}`;
}

interface ChatChunk {
  readonly object: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta?: object;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: object | null;
}

function requestText(request: CassetteRequest): string {
  if (request.json !== undefined) return JSON.stringify(request.json);
  if (request.form !== undefined) return JSON.stringify(request.form);
  return request.text ?? (request.hex === undefined ? "" : `(hex) ${request.hex}`);
}
