import type { Hono } from "hono";
import { FaultError, type FaultRules } from "../faults/index.ts";

/** Fault routes, as listed by the control API. */
export const FAULT_ROUTES: Readonly<Record<string, string>> = {
  "GET /__gatetape/faults":
    "list the fault rules, with the number of requests that fitted them and got the faults",
  "PUT /__gatetape/faults":
    'replace the fault rules by a list such as ["chat.stream=reset@3"]; ?session=NAME replaces those of one session',
  "DELETE /__gatetape/faults": "remove all fault rules; ?session=NAME removes those of one session",
};

/** Length of a body that holds all faults that anyone writes. */
const MAX_TEXT = 256 * 1024;

/** Adds the control API's fault routes to its app. */
export function addFaultRoutes(
  app: Hono,
  rules: FaultRules,
  read: (request: Request) => Promise<string | Response>,
): void {
  app.get("/faults", (c) => c.json({ faults: rules.list }));
  app.put("/faults", async (c) => {
    const text = await read(c.req.raw);
    if (typeof text !== "string") return text;
    if (text.length > MAX_TEXT) {
      const reason = `the list has ${text.length} characters, more than the maximum of ${MAX_TEXT}`;
      return problem(null, reason, "send a rule once; it holds for all requests that it fits");
    }
    const given = faultList(text);
    if (given === undefined) {
      return problem(null, "the body is not a list of faults", 'send JSON: ["chat.stream=reset@3"]');
    }
    try {
      rules.set(given, c.req.query("session"));
      return c.json({ faults: rules.list });
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      const { location, reason, fix } = error;
      return problem(`/${given.indexOf(location.fault)}`, `character ${location.column}: ${reason}`, fix);
    }
  });
  app.delete("/faults", (c) => {
    rules.clear(c.req.query("session"));
    return c.body(null, 204);
  });
}

/** Parses a JSON list of faults, or a single one; `undefined` for any other body. */
function faultList(body: string): readonly string[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  return list.every((item) => typeof item === "string") ? list : undefined;
}

function problem(pointer: string | null, reason: string, fix: string | undefined): Response {
  return Response.json({ problems: [{ pointer, reason, fix }] }, { status: 400 });
}
