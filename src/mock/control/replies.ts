import type { Hono } from "hono";
import { masked } from "../../secrets/index.ts";
import { problemsOf } from "../../util/index.ts";
import { type Replies, ReplyError, type ReplyRule, type ReplyState, checkRule } from "../replies/index.ts";
import { refuseCall } from "./refuse.ts";

/** Reply routes, as listed by the control API. */
export const REPLY_ROUTES: Readonly<Record<string, string>> = {
  "GET /__gatetape/replies":
    "list the replies in the order in which they are asked, with the number of their uses",
  "POST /__gatetape/replies":
    'add a reply, such as {"reply": "Bonjour", "when": {"message": "hello"}, "times": 1}, or a list of them; ?session=NAME adds them for one session',
  "DELETE /__gatetape/replies": "remove all added replies; ?session=NAME removes those of one session",
  "DELETE /__gatetape/replies/ID": "remove one reply",
};

const BODY = "the body";

/** Adds the control API's routes of replies to its app. */
export function addReplyRoutes(
  app: Hono,
  replies: Replies,
  read: (request: Request) => Promise<string | Response>,
): void {
  app.get("/replies", (c) => c.json({ replies: replies.list.map(replyView) }));
  app.post("/replies", async (c) => {
    const text = await read(c.req.raw);
    if (typeof text !== "string") return text;
    const session = c.req.query("session");
    try {
      const json = parseBody(text);
      const rules = Array.isArray(json)
        ? checkedList(json)
        : [checkRule(rule(json), { file: BODY, pointer: "" })];
      const ids = rules
        // The newest is asked first, so the first of a list is added last.
        .toReversed()
        .map(
          ({ reply, ...options }) =>
            replies.add(reply, session === undefined ? options : { ...options, session }).id,
        )
        .toReversed();
      return c.json(Array.isArray(json) ? { ids } : { id: ids[0] }, 201);
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error;
      return refuseReply(error);
    }
  });
  app.delete("/replies", (c) => {
    replies.clear(c.req.query("session"));
    return c.body(null, 204);
  });
  app.delete("/replies/:id", (c) => {
    const { id } = c.req.param();
    if (!/^\d+$/.test(id) || !replies.remove(Number(id)))
      return refuseCall(404, `no reply was added under id ${id}`, "GET /__gatetape/replies lists what was");
    return c.body(null, 204);
  });
}

/** Answers a bad reply with the place of each mistake. */
export function refuseReply(error: ReplyError): Response {
  const problems = problemsOf(error).map(({ code, location: { pointer }, reason, fix }) => ({
    code,
    pointer,
    reason: masked(reason),
    fix,
  }));
  return Response.json({ problems }, { status: 400 });
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ReplyError(
      "not-json",
      { file: BODY, pointer: "" },
      `not JSON: ${(error as Error).message}`,
      'send {"reply": "Bonjour", "when": {"message": "hello"}}',
    );
  }
}

/** A text alone is the reply to everything. */
function rule(json: unknown): unknown {
  return typeof json === "string" ? { reply: json } : json;
}

function checkedList(list: readonly unknown[]): ReplyRule[] {
  return list.map((one, i) => checkRule(rule(one), { file: BODY, pointer: `/${i}` }));
}

function replyView({ id, rule: { reply, when, times, session }, given, used }: ReplyState): unknown {
  const shown = typeof reply === "function" ? "a function" : reply;
  return withoutSecrets({ id, reply: shown, when, times, session: session ?? null, given, used });
}

/** A value whose texts are without secrets; patterns are spelled as texts. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value === "string") return masked(value);
  if (value instanceof RegExp) return masked(String(value));
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutSecrets(member)]));
}
