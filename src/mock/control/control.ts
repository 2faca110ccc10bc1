import type { Hono } from "hono";
import type { LibraryEntry } from "../../cassette/index.ts";
import type { WorldState } from "../../ogl/index.ts";
import { masked } from "../../secrets/index.ts";
import type { BodyLimit } from "../../server/index.ts";
import type { Journal } from "../../trace/index.ts";
import type { FaultRules } from "../faults/index.ts";
import type { Player } from "../player/index.ts";
import type { Call, CallFilter } from "../calls/index.ts";
import type { AddedInteractions, Replies, Stubs } from "../replies/index.ts";
import { hono, honoStreaming } from "../../util/index.ts";
import { readText } from "./body.ts";
import { CALL_ROUTES, addCallRoutes } from "./calls.ts";
import { FAULT_ROUTES, addFaultRoutes } from "./faults.ts";
import { type GuardOptions, controlGuard } from "./guard.ts";
import { refuseCall } from "./refuse.ts";
import { REPLY_ROUTES, addReplyRoutes } from "./replies.ts";
import { STATE_ROUTES, addStateRoutes } from "./state.ts";

export interface ControlOptions {
  readonly player: Player;
  readonly stubs: Stubs;
  readonly replies: Replies;
  /** Finds requests that were answered. */
  readonly calls: (filter: CallFilter) => readonly Call[];
  /** Validates the text of interactions, a long one in another thread. */
  readonly readInteractions: (text: string) => AddedInteractions | Promise<AddedInteractions>;
  readonly maxBody: BodyLimit;
  readonly journal: Journal;
  readonly faults: FaultRules;
  readonly state: WorldState;
  readonly resetSession: (session: string) => void;
  readonly guard: GuardOptions;
}

const ROUTES = {
  "GET /__gatetape/health": "tell that the mock is alive; open to everybody",
  "GET /__gatetape/ready": "tell that its cassettes are loaded; open to everybody",
  "GET /__gatetape/interactions": "list the loaded and the added interactions",
  "POST /__gatetape/interactions":
    "add an interaction, a list of interactions, or a cassette, with precedence over loaded ones; ?session=NAME adds them for one session",
  "DELETE /__gatetape/interactions": "remove all added interactions",
  "DELETE /__gatetape/interactions/ID": "remove the interactions that one call added",
  "POST /__gatetape/sessions/NAME/reset":
    "restart a session's sequences, limits, budgets and faults, and remove the interactions and replies added for it",
  ...REPLY_ROUTES,
  ...CALL_ROUTES,
  ...FAULT_ROUTES,
  ...STATE_ROUTES,
  "GET /__gatetape/journal":
    "list the exchanges as JSON Lines; ?session=NAME, ?after=ID; live with Accept: text/event-stream",
  "DELETE /__gatetape/journal": "clear the journal",
};

/** Control API, for tests in any language: open to this machine, and to others with the token. */
export function controlApi({
  player,
  stubs,
  replies,
  calls,
  readInteractions,
  maxBody,
  journal,
  faults,
  state,
  resetSession,
  guard,
}: ControlOptions): Hono {
  const app = new (hono().Hono)({ strict: false });
  // Probes ask by any name and from anywhere; the answers tell nothing.
  app.get("/health", (c) => c.json({ status: "ok" }));
  app.get("/ready", (c) => c.json({ status: "ready" }));
  app.use("*", controlGuard(guard));

  app.get("/", (c) =>
    c.json({
      gatetape: "control API",
      ogl: player.library.ogl,
      interactions: player.library.entries.length,
      added: stubs.list.length,
      routes: ROUTES,
    }),
  );

  app.get("/interactions", (c) =>
    c.json({
      loaded: player.library.entries.map(entryView),
      added: stubs.list.flatMap(({ id, session, cassette }) =>
        cassette.interactions.map(({ name, request, response }) => ({
          id,
          session: session === undefined ? null : masked(session),
          name: masked(name),
          method: request.method,
          target: masked(request.target),
          status: response.status ?? null,
        })),
      ),
    }),
  );
  app.post("/interactions", async (c) => {
    const text = await readText(c.req.raw, maxBody);
    if (typeof text !== "string") return text;
    const read = await readInteractions(text);
    if ("problems" in read) return Response.json(read, { status: 400 });
    return c.json({ id: stubs.addChecked(read.cassette, c.req.query("session")) }, 201);
  });
  app.delete("/interactions", (c) => {
    stubs.clear();
    return c.body(null, 204);
  });
  app.delete("/interactions/:id", (c) => {
    const { id } = c.req.param();
    if (!/^\d+$/.test(id) || !stubs.remove(Number(id)))
      return refuseCall(
        404,
        `nothing was added under id ${id}`,
        "GET /__gatetape/interactions lists what was",
      );
    return c.body(null, 204);
  });

  app.post("/sessions/:name/reset", (c) => {
    resetSession(c.req.param("name"));
    return c.body(null, 204);
  });

  const read = (request: Request): Promise<string | Response> => readText(request, maxBody);
  addReplyRoutes(app, replies, read);
  addCallRoutes(app, calls);
  addFaultRoutes(app, faults, read);
  addStateRoutes(app, state, read);

  app.get("/journal", (c) => {
    const { session, after = "0" } = c.req.query();
    if (!/^\d+$/.test(after))
      return refuseCall(400, `after=${after} is not an id`, "ids are numbers, see the member id of a line");
    const filter = { after: Number(after), ...(session === undefined ? {} : { session }) };
    if (!(c.req.header("accept") ?? "").includes("text/event-stream")) {
      const lines = [...journal.lines(filter)].map((line) => `${line}\n`);
      return c.body(lines.join(""), 200, { "content-type": "application/x-ndjson" });
    }
    return honoStreaming().streamSSE(c, async (stream) => {
      // Lines that come while the old ones are being sent wait in this chain.
      let sent: Promise<unknown> = Promise.resolve();
      const send = (line: string): void => void (sent = sent.then(() => stream.writeSSE({ data: line })));
      for (const line of journal.lines(filter)) send(line);
      const unsubscribe = journal.subscribe((line, trace) => {
        if (session === undefined || trace.session === session) send(line);
      });
      await new Promise<void>((resolve) => stream.onAbort(resolve));
      unsubscribe();
    });
  });
  app.delete("/journal", (c) => {
    journal.clear();
    return c.body(null, 204);
  });

  app.all("*", (c) =>
    refuseCall(
      404,
      `${c.req.method} ${c.req.path} is not part of the control API`,
      "GET /__gatetape lists what is",
    ),
  );
  return app;
}

function entryView({
  interaction,
  origin,
  operation,
  file,
  index,
  request,
  match,
  script,
}: LibraryEntry): object {
  return {
    name: interaction.name,
    origin,
    operation,
    file,
    index,
    method: request.method,
    target: interaction.request.target,
    match,
    status: script.head?.status ?? null,
  };
}
