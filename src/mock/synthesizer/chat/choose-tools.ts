import { generationOf } from "../../../ogl/index.ts";
import type { OglVersion } from "../../../openapi/index.ts";
import { isObject } from "../../../util/index.ts";
import { type Json, type Message, type Tool, toolsOf } from "../base/index.ts";
import { keywordsOf } from "../text/index.ts";

/** Tools that an answer calls, with the reason. */
export interface Choice {
  readonly tools: readonly Tool[];
  /** Reason for the journal. */
  readonly why: string | undefined;
  /** Requested tool that does not exist: an upstream refuses that. */
  readonly unknown?: string;
}

const MAX_PARALLEL = 4;

/**
 * Chooses tools as a willing model does: with `auto` it calls them until it has a result. OGL 0.4.x sends `none` if the
 * request has no tool_choice, unlike its documentation (observed on 0.4.1: chat-tools-nochoice); later versions leave it to
 * the upstream, for which an absent tool_choice means `auto`.
 */
export function chooseTools(body: Json, messages: readonly Message[], ogl: OglVersion): Choice {
  const all = toolsOf(body);
  if (all.length === 0) return { tools: [], why: undefined };
  const silent = !("tool_choice" in body);
  if (silent && generationOf(ogl).toolChoice === "none")
    return { tools: [], why: `no tool called: without tool_choice OGL ${ogl} sends none` };

  const wanted = readChoice(silent ? "auto" : body["tool_choice"], all);
  if (wanted.unknown !== undefined) return { tools: [], why: undefined, unknown: wanted.unknown };
  if (wanted.mode === "none") return { tools: [], why: `no tool called: tool_choice is ${wanted.shown}` };
  const last = messages.at(-1);
  if (wanted.mode === "auto" && (last?.role === "tool" || last?.role === "function"))
    return { tools: [], why: "no tool called: the last message is a result" };
  const ranked = rank(wanted.tools, lastQuestion(messages));
  const parallel = body["parallel_tool_calls"] === true;
  const tools = ranked.slice(0, parallel ? Math.max(1, shared(ranked, lastQuestion(messages))) : 1);
  return { tools: tools.slice(0, MAX_PARALLEL), why: `tool_choice is ${wanted.shown}` };
}

interface ToolChoice {
  readonly mode: "none" | "auto" | "required";
  readonly tools: readonly Tool[];
  readonly shown: string;
  readonly unknown?: string;
}

function readChoice(choice: unknown, tools: readonly Tool[]): ToolChoice {
  if (choice === "auto" || choice === "required") return { mode: choice, tools, shown: choice };
  const { type, function: named, allowed_tools: allowed } = isObject(choice) ? choice : {};
  const { name } = isObject(named) ? named : {};
  if (typeof name === "string") {
    const found = tools.filter((tool) => tool.name === name);
    if (found.length === 0) return { mode: "none", tools, shown: name, unknown: name };
    return { mode: "required", tools: found, shown: "a function's name" };
  }
  if (type === "allowed_tools" && isObject(allowed)) {
    const names = new Set(toolsOf(allowed).map((tool) => tool.name));
    const kept = tools.filter((tool) => names.has(tool.name));
    const mode = kept.length === 0 ? "none" : allowed["mode"] === "required" ? "required" : "auto";
    return { mode, tools: kept, shown: "allowed_tools" };
  }
  return { mode: "none", tools, shown: choice === null ? "null" : "none" };
}

function lastQuestion(messages: readonly Message[]): string {
  return messages.findLast(({ role }) => role === "user")?.text ?? "";
}

/** Sorts tools by the number of words that they share with the question, most first. */
function rank(tools: readonly Tool[], question: string): Tool[] {
  const wanted = new Set(keywordsOf(question).map(stem));
  return tools.toSorted((a, b) => sharedWords(b, wanted) - sharedWords(a, wanted));
}

function shared(tools: readonly Tool[], question: string): number {
  const wanted = new Set(keywordsOf(question).map(stem));
  return tools.filter((tool) => sharedWords(tool, wanted) > 0).length;
}

function sharedWords({ name, description }: Tool, wanted: ReadonlySet<string>): number {
  const spelled = name.replaceAll(/[_\-.]|(?<=\p{Ll})(?=\p{Lu})/gu, " ");
  const words = new Set(keywordsOf(`${spelled} ${description}`).map(stem));
  return [...words].filter((word) => wanted.has(word)).length;
}

/** Stem of a word: its first six letters, so that `weathers` and `weather` are equal. */
function stem(word: string): string {
  return word.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "").slice(0, 6);
}
