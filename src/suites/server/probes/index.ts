/** Probes: what is sent, and why. */
import type { Probe } from "../model/index.ts";
import { AUTH_PROBES, ERROR_PROBES, FIRST_PROBES, READ_PROBES } from "./read.ts";
import { BEHIND_PROBES, CHAT_PROBES, EMBEDDING_PROBES, HTTP_PROBES, LOAD_PROBES } from "./use.ts";
import { WRITE_PROBES } from "./writes.ts";

export { FIRST_PROBES } from "./read.ts";
export { removeLeftovers } from "./writes.ts";

/** All probes in the order in which they are played. */
export const PROBES: readonly Probe[] = [
  ...FIRST_PROBES,
  ...READ_PROBES,
  ...AUTH_PROBES,
  ...ERROR_PROBES,
  ...CHAT_PROBES,
  ...EMBEDDING_PROBES,
  ...HTTP_PROBES,
  ...LOAD_PROBES,
  ...WRITE_PROBES,
  ...BEHIND_PROBES,
];
