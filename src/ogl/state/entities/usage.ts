import { pythonFloat } from "../../../asgi/index.ts";
import { type Call, type Handler, type Outcome, answer, clockTime, crash } from "./call.ts";
import { listEnvelope } from "./paging.ts";
import type { UsageRow } from "./usage-row.ts";

const MONTH_S = 30 * 86_400;
/** Last second that Python's `datetime` knows: that of the year 9999. */
const MAX_TIME = 253_402_300_799;

function useView({ rules }: Call, row: UsageRow): object {
  const energy = { kWh: pythonFloat(0), kgCO2eq: pythonFloat(0) };
  return {
    object: "me.usage",
    model: row.model,
    key: row.key,
    endpoint: row.endpoint,
    method: null,
    status: null,
    usage: {
      prompt_tokens: row.prompt,
      completion_tokens: row.completion,
      total_tokens: row.prompt + row.completion,
      cost: pythonFloat(row.cost),
      [rules.energyMember]: energy,
      metrics: { latency: row.latency, ttft: row.ttft },
    },
    created: row.created,
  };
}

/** The uses of the caller's models, the newest first. */
function listUses(call: Call): Outcome {
  const { caller, query, now, usage } = call;
  const offset = Number(query["offset"] ?? 0);
  const limit = Number(query["limit"] ?? 10);
  const end = Number(query["end_time"] ?? Infinity);
  const start = Number(query["start_time"] ?? clockTime(now) - MONTH_S);
  for (const time of [start, end])
    if (Number.isFinite(time) && Math.abs(time) > MAX_TIME) crash("ValueError");
  const rows = usage
    .filter(
      ({ user, endpoint, created }) =>
        user === caller.id &&
        (query["endpoint"] === null || endpoint === query["endpoint"]) &&
        created >= start &&
        created <= end,
    )
    .toReversed();
  return answer(listEnvelope(rows.slice(offset, offset + limit).map((row) => useView(call, row))));
}

export const USAGE: Readonly<Record<string, Handler>> = { "GET /v1/me/usage": listUses };
