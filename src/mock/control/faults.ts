import type { Hono } from "hono";
import { FaultError, type FaultRules } from "../faults/index.ts";

/** What the control API says of itself. */
export const FAULT_ROUTES: Readonly<Record<string, string>> = {
  "GET /__gatetape/faults": "which requests get which faults, and how many did",
  "PUT /__gatetape/faults":
    'put a list of faults ["chat.stream=reset@3"] in place of those in force; ?session=NAME for that one alone',
  "DELETE /__gatetape/faults": "remove all faults; ?session=NAME those of that one alone",
};

/** The control API's calls for faults. */
export function addFaultRoutes(app: Hono, rules: FaultRules): void {
  app.get("/faults", (c) => c.json({ faults: rules.list }));
  app.put("/faults", async (c) => {
    const given = faultList(await c.req.text());
    if (given === undefined) {
      return problem(null, "the body is no list of faults", 'send JSON: ["chat.stream=reset@3"]');
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

/** Faults as a list of JSON, or one alone. */
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
