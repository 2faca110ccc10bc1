import { Refusal } from "../../../asgi/index.ts";
import {
  type Call,
  type Handler,
  type Outcome,
  answer,
  handlerOf,
  totalEnvelope,
} from "../entities/index.ts";

/** Members of a JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** The handler that an operation had before the rewrite. */
export function olderHandler(method: string, path: string): Handler {
  const handler = handlerOf(method, path);
  if (handler === undefined) throw new Error(`no handler for ${method} ${path}`);
  return handler;
}

/** The members of an answer's body; of an answer without one, none. */
export function bodyMembers(outcome: Outcome): Members {
  return outcome.status === 204 ? {} : Object.fromEntries(Object.entries(outcome.body));
}

/** Renames members, which keep their order. */
export function renamedMembers(members: Members, names: Readonly<Record<string, string>>): Members {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [names[name] ?? name, value]));
}

/** The text of a refusal in the words of the rewrite; `undefined` leaves it as it is. */
export type Reword = (detail: string, call: Call) => string | undefined;

/** Lets a handler refuse in other words. */
export function reworded(handler: Handler, reword: Reword): Handler {
  return (call) => {
    try {
      return handler(call);
    } catch (error) {
      const detail = error instanceof Refusal ? reword(error.detail, call) : undefined;
      throw detail === undefined || !(error instanceof Refusal) ? error : new Refusal(error.status, detail);
    }
  };
}

/** Query of an older list for all its rows. */
const ALL = { offset: 0, limit: Number.MAX_SAFE_INTEGER };

/** Lists what an older handler lists, with the number of all. */
export function countedList(list: Handler, view: (row: Members) => object = (row) => row): Handler {
  return (call) => {
    const offset = Number(call.query["offset"] ?? 0);
    const limit = Number(call.query["limit"] ?? 10);
    const { data } = bodyMembers(list({ ...call, query: { ...call.query, ...ALL } }));
    const rows: readonly Members[] = Array.isArray(data) ? data : [];
    const page = { rows: rows.slice(offset, offset + limit), offset, limit };
    return answer(totalEnvelope(rows.length, page, page.rows.map(view)));
  };
}
