import { RecentMap } from "../../../util/index.ts";
import type { Json, Reply, Respond, RespondRequest } from "../../synthesizer/index.ts";
import { checkReturned, checkRule } from "./check.ts";
import type { Question } from "./question.ts";
import type { ReplyErrorLocation } from "./reply-error.ts";
import type { ReplyGiven, ReplyOptions, ReplyRule } from "./types.ts";
import { type QuestionTest, questionTest } from "./when.ts";

/** A reply that was found for a request. */
interface FoundReply {
  readonly id: number;
  readonly reply: Reply;
  /** True if the conditions name the model: it then need not exist in the default world. */
  readonly namesModel: boolean;
}

/** A reply that a test has added. */
export interface AddedReply extends Disposable {
  readonly id: number;
  /** Number of requests that got it. */
  readonly used: number;
  /** Removes the reply; it is used no longer. */
  remove(): void;
}

/** A reply in force. */
export interface ReplyState {
  readonly id: number;
  readonly rule: ReplyRule;
  /** True for a reply of the config, which stays when added ones are removed. */
  readonly given: boolean;
  /** Number of requests that got it, in all sessions. */
  readonly used: number;
}

interface Entry {
  readonly id: number;
  readonly rule: ReplyRule;
  readonly given: boolean;
  readonly fits: QuestionTest;
}

/** Replies of tests and of the config. The newest is asked first, those of the config last and in their order. */
export class Replies {
  readonly #given: readonly Entry[];
  #added: readonly Entry[] = [];
  /** All entries in the order in which they are asked. */
  #ordered: readonly Entry[] = [];
  #lastId = 0;
  readonly #used = new Map<number, number>();
  /** Numbers of uses by the ids of replies, for each session. */
  readonly #sessions = new RecentMap<string, Map<number, number>>();

  /**
   * @param respond function that is asked after all others; its id is 0
   * @throws ReplyError for a rule that can't be used
   */
  constructor(given: readonly ReplyRule[] = [], respond?: Respond) {
    const entries = given.map((rule, i) =>
      this.#entry(rule, true, { file: "the options", pointer: `/replies/${i}` }),
    );
    const last: Entry[] =
      respond === undefined ? [] : [{ id: 0, rule: { reply: respond }, given: true, fits: () => true }];
    this.#given = [...entries, ...last];
    this.#order();
  }

  get list(): readonly ReplyState[] {
    return this.#ordered.map(({ id, rule, given }) => ({ id, rule, given, used: this.#used.get(id) ?? 0 }));
  }

  /** True if there is none: a request then need not be looked at. */
  get isEmpty(): boolean {
    return this.#ordered.length === 0;
  }

  /**
   * Adds a reply, which is asked before all others.
   * @throws ReplyError with the pointer of the mistake
   */
  add(
    reply: ReplyGiven,
    options: ReplyOptions = {},
    at: ReplyErrorLocation = { file: "reply", pointer: "" },
  ): AddedReply {
    const entry = this.#entry({ ...options, reply }, false, at);
    this.#added = [entry, ...this.#added];
    this.#order();
    const used = (): number => this.#used.get(entry.id) ?? 0;
    const remove = (): void => void this.remove(entry.id);
    return {
      id: entry.id,
      get used() {
        return used();
      },
      remove,
      [Symbol.dispose]: remove,
    };
  }

  /** Removes an added reply; false if there is none with this id. */
  remove(id: number): boolean {
    const kept = this.#added.filter((entry) => entry.id !== id);
    const found = kept.length < this.#added.length;
    this.#added = kept;
    if (found) this.#order();
    return found;
  }

  /** Replies that a session should get: those added for it alone; without a session, all but `respond`. */
  ownOf(session?: string): readonly ReplyState[] {
    return this.list.filter(
      ({ id, rule }) => id !== 0 && (session === undefined || rule.session === session),
    );
  }

  /** The reply to texts whose vectors are searched by: a refusal, or a vector for each of them. */
  findVectors(model: string, input: readonly string[], session: string): Reply | undefined {
    const body = (): Json => ({ model, input });
    const question = { operation: "embeddings.create", model, session, body };
    return this.find(
      question,
      ({ error, embeddings }) => error !== undefined || embeddings?.length === input.length,
    )?.reply;
  }

  /** Removes the replies added for one session; without a session, all added ones. */
  clear(session?: string): void {
    this.#added = session === undefined ? [] : this.#added.filter(({ rule }) => rule.session !== session);
    this.#order();
  }

  /** Removes the replies added for a session alone, and counts its uses anew. */
  reset(session: string): void {
    this.clear(session);
    this.#sessions.delete(session);
  }

  /**
   * Finds the reply to a request, and counts its use.
   * @param wanted leaves replies out that the caller can't use
   * @throws ReplyError if a function returned something that is no reply
   */
  find(question: Question, wanted: (reply: Reply) => boolean = () => true): FoundReply | undefined {
    for (const entry of this.#ordered) {
      const { rule, id } = entry;
      if (rule.session !== undefined && rule.session !== question.session) continue;
      const used = this.#sessions.get(question.session)?.get(id) ?? 0;
      if (rule.times !== undefined && used >= rule.times) continue;
      const namesModel = rule.when?.model !== undefined;
      if (!entry.fits(question) || question.canAnswer?.(namesModel) === false) continue;
      const reply = replyOf(rule.reply, used, question);
      if (reply === undefined || !answers(reply, question.operation) || !wanted(reply)) continue;
      this.#count(id, question.session, used);
      return { id, reply, namesModel };
    }
    return undefined;
  }

  #count(id: number, session: string, used: number): void {
    this.#sessions.getOrMake(session, () => new Map<number, number>()).set(id, used + 1);
    this.#used.set(id, (this.#used.get(id) ?? 0) + 1);
  }

  #entry(rule: ReplyRule, given: boolean, at: ReplyErrorLocation): Entry {
    checkRule(rule, at);
    return { id: ++this.#lastId, rule, given, fits: questionTest(rule.when ?? {}) };
  }

  /** A session's own replies come before those for all. */
  #order(): void {
    const own = (entry: Entry): boolean => entry.rule.session !== undefined;
    const entries = [this.#added, this.#given].flatMap((list) => [
      ...list.filter(own),
      ...list.filter((entry) => !own(entry)),
    ]);
    this.#ordered = entries;
    const ids = new Set(entries.map(({ id }) => id));
    for (const id of this.#used.keys()) if (!ids.has(id)) this.#used.delete(id);
  }
}

/** The reply to the next request; `undefined` if a function gives none. */
function replyOf(given: ReplyGiven, used: number, question: Question): Reply | undefined {
  if (typeof given === "function") {
    const { operation, model = "", session, body, sent = body } = question;
    // A copy, since the function may change it, and the body may be shared with later requests.
    const request: RespondRequest = { operation, model, body: structuredClone(sent()), session };
    return checkReturned(given(request), { file: "the function's reply", pointer: "" });
  }
  const one = isReplyList(given) ? given[Math.min(used, given.length - 1)] : given;
  return typeof one === "string" ? { content: one } : one;
}

function isReplyList(
  given: Exclude<ReplyGiven, (...args: never) => unknown>,
): given is readonly (string | Reply)[] {
  return Array.isArray(given);
}

/** True if a reply has something to say to an operation. */
function answers(reply: Reply, operation: string): boolean {
  const { error, embeddings, scores, content, reasoning, toolCalls, finishReason } = reply;
  if (error !== undefined) return true;
  if (operation === "embeddings.create") return embeddings !== undefined;
  if (operation === "rerank") return scores !== undefined;
  return [content, reasoning, toolCalls, finishReason].some((member) => member !== undefined);
}
