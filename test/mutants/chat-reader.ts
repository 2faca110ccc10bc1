import type { Choice, Final, ToolCall } from "../../src/suites/model/outcome.ts";
import { ClientError, messageOf } from "./client-error.ts";
import type { Has } from "./mutants.ts";
import type { ServerEvent } from "./sse-reader.ts";

interface Delta {
  readonly role?: string | null;
  readonly content?: string | null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly ToolDelta[] | null;
}

interface ToolDelta {
  readonly index?: number;
  readonly id?: string;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null };
}

interface Chunk {
  readonly id?: string | null;
  readonly model?: string;
  readonly created?: number;
  readonly error?: unknown;
  readonly detail?: unknown;
  readonly choices?: readonly {
    readonly index?: number;
    readonly delta?: Delta;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: Readonly<Record<string, unknown>> | null;
  readonly search_results?: unknown;
}

interface Building {
  text: string;
  role: string | undefined;
  finish: string | undefined;
  tools: { key: number; id: string; name: string; args: string }[];
}

const KNOWN_REASONS = new Set(["stop", "length", "tool_calls", "content_filter"]);

/** Reasons that say that an answer is not whole. */
const CUT = new Set(["length", "content_filter"]);

/** Puts the chunks of a chat together. */
export class ChatReader {
  readonly #has: Has;
  readonly #model: string;
  /** The request asked for usage. */
  readonly #invited: boolean;
  readonly #choices = new Map<number, Building>();
  #usage: Record<string, unknown> | undefined;
  #id: string | undefined;
  events = 0;
  done = false;

  constructor(has: Has, params: Readonly<Record<string, unknown>>) {
    this.#has = has;
    this.#model = String(params["model"]);
    this.#invited = params["stream_options"] !== undefined;
  }

  /** True if something that ends an answer has come. */
  get complete(): boolean {
    return this.done || (!this.#has("done-required") && this.finished);
  }

  /** Every choice has given its reason. */
  get finished(): boolean {
    const choices = [...this.#choices.values()];
    return choices.length > 0 && choices.every(({ finish }) => finish !== undefined);
  }

  take({ type, data }: ServerEvent): void {
    const has = this.#has;
    if (this.done && !has("reads-after-done")) return;
    if (has("looks-for-done-in-text") ? data.includes("[DONE]") : data === "[DONE]") {
      this.done = true;
      return;
    }
    if (
      data === "" &&
      !has("empty-data-is-an-error") &&
      !has("blank-dispatches") &&
      !has("blank-dispatches-with-id")
    )
      return;
    if (data.startsWith(":") && has("odd-data-ends-it")) {
      this.done = true;
      return;
    }
    if (type === "error" && has("error-events-ignored")) return;
    if (type !== "" && type !== "message" && type !== "error" && !has("all-events-are-chunks")) return;
    const chunk = this.#parse(data);
    if (chunk !== undefined) this.#chunk(chunk, type);
  }

  #parse(data: string): Chunk | undefined {
    try {
      return JSON.parse(data) as Chunk;
    } catch {
      if (this.#has("bad-json-skipped")) return undefined;
      throw new ClientError("decode", `an event is no JSON: ${data.slice(0, 80)}`);
    }
  }

  #chunk(chunk: Chunk, type: string): void {
    const has = this.#has;
    const failed =
      type === "error" ||
      (chunk.error !== undefined && (chunk.error !== null || has("null-is-an-error"))) ||
      chunk.detail !== undefined;
    if (failed && !(has("error-objects-ignored") && type !== "error"))
      throw new ClientError("api", messageOf(chunk, has) ?? "the server sent an error");
    if (has("all-events-are-chunks") && chunk.choices === undefined)
      throw new ClientError("decode", "no choices in a chunk");
    if (has("strict-members") && chunk.search_results !== undefined)
      throw new ClientError("decode", "unknown member search_results");
    if (has("model-must-match") && chunk.model !== undefined && chunk.model !== this.#model)
      throw new ClientError("decode", `answered by another model: ${chunk.model}`);
    if (has("grouped-by-id")) {
      if (this.#id !== undefined && chunk.id !== this.#id) return;
      this.#id ??= chunk.id ?? "";
    }
    if (has("created-required") && chunk.created === undefined)
      throw new ClientError("decode", "a chunk has no created");
    if (has("id-required") && typeof chunk.id !== "string")
      throw new ClientError("decode", "a chunk has no id");
    this.events++;
    if (has("event-limit") && this.events > 1000) return;
    this.#takeUsage(chunk);
    if (has("first-choice-unguarded") && chunk.choices?.[0] === undefined)
      throw new ClientError("other", "Cannot read properties of undefined (reading 'delta')");
    for (const choice of chunk.choices ?? []) this.#choice(choice);
  }

  #takeUsage({ usage }: Chunk): void {
    const has = this.#has;
    if (usage === undefined || (has("usage-as-invited") && !this.#invited)) return;
    if (usage === null) {
      if (has("usage-null-crashes")) throw new ClientError("other", "usage is null");
      return;
    }
    const carbon = usage["carbon"] as { kWh?: unknown } | undefined;
    if (has("carbon-is-a-range") && carbon !== undefined && typeof carbon.kWh !== "object")
      throw new ClientError("decode", "carbon.kWh is no range");
    if (this.#usage !== undefined && has("first-usage-wins")) return;
    const before = this.#usage;
    this.#usage = { ...usage };
    if (before === undefined || !has("usage-summed")) return;
    for (const [name, value] of Object.entries(before))
      if (typeof value === "number") this.#usage[name] = value + Number(usage[name] ?? 0);
  }

  #choice(choice: NonNullable<Chunk["choices"]>[number]): void {
    const has = this.#has;
    if (has("choice-index-required") && choice.index === undefined)
      throw new ClientError("decode", "a choice has no index");
    const index = has("one-choice") ? 0 : (choice.index ?? 0);
    let building = this.#choices.get(index);
    if (building === undefined) {
      building = { text: "", role: undefined, finish: undefined, tools: [] };
      this.#choices.set(index, building);
    }
    const reason = choice.finish_reason;
    if (has("reasons-are-closed") && reason && !KNOWN_REASONS.has(reason))
      throw new ClientError("decode", `unknown finish reason ${reason}`);
    const ends = has("empty-reason-ends") ? typeof reason === "string" : Boolean(reason);
    if (building.finish !== undefined && has("empty-reason-ends")) return;
    if (!(ends && has("finish-before-delta"))) {
      if (choice.delta !== undefined) this.#delta(building, choice.delta);
      else if (has("delta-required")) throw new ClientError("other", "Cannot read properties of undefined");
    }
    if (ends) building.finish = reason ?? "";
  }

  #delta(building: Building, delta: Delta): void {
    const has = this.#has;
    if (delta.role !== undefined && has("role-set-once") && building.role !== undefined)
      throw new ClientError("decode", "a second role");
    if (delta.role !== undefined) building.role = delta.role ?? "";
    if (has("role-required") && building.role === undefined)
      throw new ClientError("other", "missing role for choice 0");
    if (has("role-must-be-known") && delta.role !== undefined && delta.role !== "assistant" && delta.content)
      throw new ClientError("decode", `unknown role ${delta.role}`);
    if (typeof delta.content === "string") building.text += delta.content;
    else if (delta.content === null && has("null-is-text")) building.text += "null";
    if (has("reasoning-is-text")) building.text += delta.reasoning_content ?? "";
    if (delta.role === "" && has("empty-role-drops-calls")) return;
    if (delta.tool_calls?.length === 0 && has("empty-calls-are-one"))
      building.tools.push({ key: 0, id: "", name: "", args: "" });
    const parts = has("one-call-a-chunk") ? delta.tool_calls?.slice(0, 1) : delta.tool_calls;
    for (const part of parts ?? []) this.#tool(building, part);
  }

  #tool(building: Building, part: ToolDelta): void {
    const has = this.#has;
    if (part.index === undefined && has("tool-index-required"))
      throw new ClientError("decode", "a tool call has no index");
    if (building.tools.length === 0 && (part.index ?? 0) > 0 && has("tools-start-at-0"))
      throw new ClientError("other", "no tool call before it");
    const known = this.#toolFor(building, part);
    const { name, arguments: args = "" } = part.function ?? {};
    if (has("escapes-by-piece") && /\\(?:u[\da-f]{0,3})?$/.test(args ?? ""))
      throw new ClientError("decode", "half an escape");
    if (known === undefined) {
      building.tools.push({
        key: part.index ?? 0,
        id: part.id ?? "",
        name: name ?? "",
        args: has("null-arguments-are-text") ? String(args) : (args ?? ""),
      });
      return;
    }
    if (has("names-concatenated")) known.name += name ?? "";
    else if (has("empty-names-count") ? name !== undefined : Boolean(name) && !has("first-piece-names"))
      known.name = name ?? "";
    if (has("pieces-must-be-json") && args) checkPiece(args);
    known.args += args ?? "";
  }

  #toolFor(building: Building, part: ToolDelta): Building["tools"][number] | undefined {
    const has = this.#has;
    if (has("pieces-by-order")) return part.id === undefined ? building.tools.at(-1) : undefined;
    const sameIndex = building.tools.findLast(({ key }) => key === (part.index ?? 0));
    const another = part.id !== undefined && sameIndex !== undefined && part.id !== sameIndex.id;
    return another && !has("glued-by-index") ? undefined : sameIndex;
  }

  final(): Final {
    const choices = [...this.#choices]
      .toSorted(([a], [b]) => a - b)
      .map(([index, built]) => this.#built(index, built));
    const [first] = choices;
    return {
      text: first?.text ?? "",
      toolCalls: first?.toolCalls ?? [],
      finishReason: first?.finishReason ?? null,
      usage: this.#usage ?? null,
      ...(choices.length > 1 || this.#has("one-choice") ? { choices } : {}),
    };
  }

  #built(index: number, { text, tools, finish }: Building): Choice & { toolCalls: ToolCall[] } {
    const drops = this.#has("calls-need-their-reason") && finish !== "tool_calls";
    return {
      index,
      text,
      toolCalls: drops ? [] : tools.map(({ id, name, args }) => ({ id, name, arguments: args })),
      finishReason: this.#has("cut-is-stop") && CUT.has(finish ?? "") ? "stop" : (finish ?? null),
    };
  }
}

/** Text with half a character in it can't be encoded. */
function checkPiece(text: string): void {
  if (!text.isWellFormed()) throw new ClientError("decode", "half a character");
}
