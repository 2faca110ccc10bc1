import { pythonFloat } from "../../../asgi/index.ts";
import {
  type Call,
  type Handler,
  type Outcome,
  type UsageRow,
  answer,
  totalEnvelope,
} from "../entities/index.ts";

const DAY_S = 86_400;

/** The uses of a day of UTC, added up (usage/test_get_usages.py 2764b7b3). */
function bucketView(start: number, rows: readonly UsageRow[]): object {
  const sum = (of: (row: UsageRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return {
    object: "usage.bucket",
    start_time: start,
    end_time: start + DAY_S,
    prompt_tokens: sum(({ prompt }) => prompt),
    completion_tokens: sum(({ completion }) => completion),
    total_tokens: sum(({ prompt, completion }) => prompt + completion),
    cost: pythonFloat(sum(({ cost }) => cost)),
    requests: rows.length,
    impacts: { kWh: pythonFloat(0), kgCO2eq: pythonFloat(0) },
  };
}

/** Lists the days on which the user used models, the newest first. */
function listUsages(call: Call): Outcome {
  const { query } = call;
  const offset = Number(query["offset"] ?? 0);
  const limit = Number(query["limit"] ?? 10);
  const isWanted = wantedUse(call);
  const days = Map.groupBy(call.usage.filter(isWanted), ({ created }) => created - (created % DAY_S));
  const starts = [...days.keys()].toSorted((a, b) => b - a);
  const rows = starts.slice(offset, offset + limit);
  const data = rows.map((start) => bucketView(start, days.get(start) ?? []));
  return answer(totalEnvelope(starts.length, { rows, offset, limit }, data));
}

function wantedUse({ caller, query, db }: Call): (row: UsageRow) => boolean {
  const start = Number(query["start_time"]);
  const end = Number(query["end_time"]);
  const endpoint = query["endpoint"] ?? null;
  const keyId = query["key_id"] ?? null;
  const keyName = keyId === null ? null : (db.tokens.get(Number(keyId))?.name ?? "");
  return (row) =>
    row.user === caller.id &&
    row.created >= start &&
    row.created < end &&
    (endpoint === null || row.endpoint === endpoint) &&
    (keyName === null || row.key === keyName);
}

export const USAGES: Readonly<Record<string, Handler>> = {
  "GET /v1/usage": listUsages,
  "GET /v1/me/usage": listUsages,
};
