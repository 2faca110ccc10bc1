import type { Hono } from "hono";
import { nearestWord } from "../../util/index.ts";
import { type Call, type CallFilter, FILTER_MEMBERS } from "../calls/index.ts";
import { ReplyError } from "../replies/index.ts";
import { refuseCall } from "./refuse.ts";
import { refuseReply } from "./replies.ts";

/** Route of calls, as listed by the control API. */
export const CALL_ROUTES: Readonly<Record<string, string>> = {
  "GET /__gatetape/calls":
    "count and list the requests so far, without secrets; ?operation=chat.*&model=…&message=…&system=…&turn=…&tool=…&session=…&status=…&by=… choose",
};

/** Members of a filter that a query can have: a body is JSON. */
const PARAMETERS: readonly string[] = FILTER_MEMBERS.filter((name) => name !== "body");
const NUMBERS: readonly string[] = ["turn", "status"];

/** Adds the control API's route of calls to its app. */
export function addCallRoutes(app: Hono, calls: (filter: CallFilter) => readonly Call[]): void {
  app.get("/calls", (c) => {
    const query = c.req.query();
    const strange = Object.keys(query).find((name) => !PARAMETERS.includes(name));
    if (strange !== undefined) {
      const near = nearestWord(strange, PARAMETERS);
      return refuseCall(
        400,
        `calls can't be chosen by ${JSON.stringify(strange)}`,
        near === undefined ? `use ${PARAMETERS.join(", ")}` : `did you mean ${near}?`,
      );
    }
    const word = NUMBERS.find((name) => query[name] !== undefined && !/^\d+$/.test(query[name]));
    if (word !== undefined)
      return refuseCall(
        400,
        `${word}=${query[word]} is no number`,
        `write ${word}=${word === "turn" ? 0 : 200}`,
      );
    try {
      const found = calls(filterOf(query));
      return c.json({ count: found.length, calls: found });
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error;
      return refuseReply(error);
    }
  });
}

function filterOf(query: Readonly<Record<string, string>>): CallFilter {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, NUMBERS.includes(name) ? Number(value) : value]),
  ) as CallFilter;
}
