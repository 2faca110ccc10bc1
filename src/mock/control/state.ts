import type { Hono } from "hono";
import { type GatewaySettings, WorldError, type WorldState, checkSettings } from "../../ogl/index.ts";

/** State routes, as listed by the control API. */
export const STATE_ROUTES: Readonly<Record<string, string>> = {
  "GET /__gatetape/state":
    "show the gateway's state as tables, in the form of a world's state; ?session=NAME shows that of one session",
  "DELETE /__gatetape/state":
    "restore the state of the world, with fresh limits; ?session=NAME restores that of one session",
  "PATCH /__gatetape/world":
    'change settings of the gateway, such as {"vectorStore": true}, as a restart does: the state stays; ?session=NAME changes those of one session',
};

/** Adds the control API's routes of the gateway's state to its app. */
export function addStateRoutes(
  app: Hono,
  state: WorldState,
  read: (request: Request) => Promise<string | Response>,
): void {
  app.get("/state", (c) => {
    const session = c.req.query("session") ?? "";
    return c.json({
      state: state.tables(session),
      settings: settingsShown(state.settings(session)),
      bytes: state.bytes,
    });
  });
  app.delete("/state", (c) => {
    state.reset(c.req.query("session") ?? "");
    return c.body(null, 204);
  });
  app.patch("/world", async (c) => {
    const session = c.req.query("session");
    const text = await read(c.req.raw);
    if (typeof text !== "string") return text;
    let changes: Partial<GatewaySettings>;
    try {
      changes = checkSettings(text);
    } catch (error) {
      if (!(error instanceof WorldError)) throw error;
      const { location, reason, fix } = error;
      return Response.json(
        { problems: [{ pointer: location.pointer ?? null, reason, fix }] },
        { status: 400 },
      );
    }
    state.configure(changes, session);
    return c.json({ settings: settingsShown(state.settings(session ?? "")) });
  });
}

/** Settings without the master key. */
function settingsShown(settings: GatewaySettings): object {
  return { ...settings, masterKey: undefined };
}
