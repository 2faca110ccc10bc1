import type { Scenario } from "../../model/index.ts";
import { CHUNK_SCENARIOS } from "./chunk.ts";
import { ERROR_SCENARIOS } from "./error.ts";
import { HTTP_SCENARIOS } from "./http.ts";
import { LIST_SCENARIOS } from "./lists.ts";
import { RETRY_SCENARIOS } from "./retry.ts";
import { SSE_SCENARIOS } from "./sse.ts";
import { STREAM_ERROR_SCENARIOS } from "./stream-error.ts";
import { STREAM_SCENARIOS } from "./stream.ts";
import { TOOL_SCENARIOS } from "./tools.ts";
import { USAGE_SCENARIOS } from "./usage.ts";

/** All scenarios for clients, tier 1 first, in the order of reports. */
export const SCENARIOS: readonly Scenario[] = [
  ...STREAM_SCENARIOS,
  ...SSE_SCENARIOS,
  ...CHUNK_SCENARIOS,
  ...USAGE_SCENARIOS,
  ...TOOL_SCENARIOS,
  ...RETRY_SCENARIOS,
  ...ERROR_SCENARIOS,
  ...STREAM_ERROR_SCENARIOS,
  ...HTTP_SCENARIOS,
  ...LIST_SCENARIOS,
].toSorted((a, b) => a.tier - b.tier);
