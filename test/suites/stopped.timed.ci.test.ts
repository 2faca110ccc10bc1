/** The command on a machine that stands still again and again: its verdicts are no verdicts on the client. */
import { describe, expect, it } from "vitest";
import { gatetapeProcess } from "../support/cli.ts";
import { AGAIN } from "../support/repeated.ts";

describe("gatetape client on a machine that stands still", () => {
  /**
   * Stops the runner again and again, from outside of the adapter's group: for longer than the pause that the client
   * makes, so that whatever it sees of that pause is less sure than the stop was long.
   */
  const STOPPER =
    "setsid bash -c 'while kill -STOP $1; do sleep 2.5; kill -CONT $1; sleep 0.4; done' _ $PPID >/dev/null 2>&1 & exec \"$@\"";
  const ADAPTER = new URL("../mutants/adapter.ts", import.meta.url).pathname;
  const command = ["bash", "-c", STOPPER, "_", process.execPath, ADAPTER];
  const only = ["--only", "retry/429-retry-after-seconds"];

  it("ends with 3, lists what is inconclusive, and says why", AGAIN, async () => {
    const { code, stdout } = await gatetapeProcess(["client", ...only, "--", ...command]);
    expect(stdout).toContain("1 inconclusive");
    expect(stdout).toMatch(/^INCONCLUSIVE {2}retry\/429-retry-after-seconds$/m);
    expect(stdout).toMatch(/^ {2}reason: .*the machine was (?:up to|late for) \d+ ms/m);
    expect(stdout).toMatch(
      /^ {2}run only this: .* client --only retry\/429-retry-after-seconds -- bash -c /m,
    );
    expect(stdout).toContain("problem: more than one verdict in ten is inconclusive");
    expect(code).toBe(3);
  });
});
