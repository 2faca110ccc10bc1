/** Checks of the server suite, by subject. */
import type { ServerCheck } from "../model/index.ts";
import { BEHIND_CHECKS } from "./behind.ts";
import { CHAT_CHECKS, TOOL_CHECKS } from "./chat.ts";
import { EMBEDDING_CHECKS } from "./embeddings.ts";
import { HTTP_CHECKS, LOAD_CHECKS } from "./http.ts";
import { MODEL_CHECKS } from "./models.ts";
import { AUTH_CHECKS, ERROR_CHECKS } from "./refusals.ts";
import { CHUNK_CHECKS, FRAMING_CHECKS } from "./stream.ts";
import { WRITE_CHECKS } from "./writes.ts";

/** All checks in the order of reports. */
export const SERVER_CHECKS: readonly ServerCheck[] = [
  ...MODEL_CHECKS,
  ...AUTH_CHECKS,
  ...ERROR_CHECKS,
  ...CHAT_CHECKS,
  ...FRAMING_CHECKS,
  ...CHUNK_CHECKS,
  ...TOOL_CHECKS,
  ...EMBEDDING_CHECKS,
  ...HTTP_CHECKS,
  ...LOAD_CHECKS,
  ...WRITE_CHECKS,
  ...BEHIND_CHECKS,
];
