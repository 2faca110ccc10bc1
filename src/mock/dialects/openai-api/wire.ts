import type { Answer } from "../../../exchange/index.ts";
import type { Op, Script } from "../../../http/index.ts";
import type { Json } from "../base/index.ts";
import type { Completion, Delta, Identity, Usage } from "./completion.ts";

/** A request for text, as its server read it. */
export interface TextRequest {
  readonly kind: "chat" | "completion";
  /** The model's name, as the answer spells it. */
  readonly model: string;
  readonly body: Json;
  /** Whether the stream's end tells the usage. */
  readonly includeUsage: boolean;
}

/** A server's spelling of one stream. Each string is one write, and so one HTTP chunk. */
export interface StreamWriter {
  delta(identity: Identity, delta: Delta): readonly string[];
  /** The writes after the last delta. @param done whether the stream is marked as finished: `[DONE]` */
  end(identity: Identity, usage: Usage | undefined, done: boolean): readonly string[];
  /** The writes for a block that is no event of a completion, such as an error; without it the block is sent as it stands. */
  other?(block: string): readonly string[];
  /** The writes of a server whose model died within the stream; without it the server dies itself. */
  died?(identity: Identity): readonly string[];
}

/** A server's spelling of OpenAI's API. */
export interface OpenAiWire {
  /** A body that is no error. */
  json(body: unknown): Script;
  /** Head of a stream of events. @param wait milliseconds before it */
  stream(ops: readonly Op[], wait: number): Script;
  whole(request: TextRequest, completion: Completion): Json;
  writer(request: TextRequest): StreamWriter;
  /** A refusal that a source of the mock gives: a reply, or a fault model. */
  refused(status: number, message: string): Answer;
}

/** Data of one event. */
export function sseText(data: unknown): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}
