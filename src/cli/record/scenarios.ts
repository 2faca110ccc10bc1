import { parseUpstream } from "../../server/index.ts";
import { type ServerRun, runServerSuite, selectChecks } from "../../suites/index.ts";

/** Limits of what the scenarios may send and cost. */
const MAX_REQUESTS = 200;
const MAX_TOKENS = 20_000;
/** Time (ms) that an answer may take. */
const TIMEOUT_MS = 60_000;

/**
 * Sends the requests of the server suite through a recorder: those that read and those that use models, nothing that writes or
 * loads.
 * @param url the recorder's own address
 * @param key key that the requests have; those that are to be refused have none, or a wrong one
 */
export function askScenarios(url: string, key: string | undefined, signal: AbortSignal): Promise<ServerRun> {
  return runServerSuite({
    route: { target: parseUpstream(url) },
    key,
    signal,
    // A stream that is left early is not recorded.
    checks: selectChecks({ skip: ["http/abort"] }),
    consents: new Set(),
    maxRequests: MAX_REQUESTS,
    maxTokens: MAX_TOKENS,
    timeoutMs: TIMEOUT_MS,
  });
}
