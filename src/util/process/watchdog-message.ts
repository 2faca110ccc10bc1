import type { Run } from "./run.ts";

/** Message to the watchdog, a line of JSON. */
export type WatchdogMessage = { readonly guard: Run } | { readonly release: Run };
