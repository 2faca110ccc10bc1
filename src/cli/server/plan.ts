import { type ServerRunOptions, plannedProbes } from "../../suites/index.ts";
import { type Io, count } from "../support/index.ts";

/** Maximum number of shown characters of a body. */
const MAX_BODY = 160;

/** Prints what a run would send, probe by probe, with the checks that judge it. */
export function printPlan(
  options: Pick<ServerRunOptions, "checks" | "consents" | "ogl" | "chat" | "embedding">,
  io: Pick<Io, "stdout">,
): void {
  const plan = plannedProbes(options);
  const sent = plan.filter(({ missing }) => missing === undefined);
  for (const { probe, missing, drafts } of plan) {
    const checks = options.checks.filter(({ probes }) => probes.includes(probe.id)).map(({ id }) => id);
    const need =
      missing === undefined
        ? ""
        : ` (not sent: needs --${missing === "fault-models" ? missing : `allow-${missing}`})`;
    io.stdout.write(`${probe.id}: ${probe.about}${need}\n`);
    for (const { method, target, json, text, credential = "given" } of drafts) {
      const body = text ?? (json === undefined ? "" : JSON.stringify(json));
      const cut = body.length <= MAX_BODY ? body : `${body.slice(0, MAX_BODY - 1)}…`;
      const key =
        credential === "given" ? "" : ` [key: ${typeof credential === "string" ? credential : "its own"}]`;
      io.stdout.write(`  ${method} ${target}${key}${cut === "" ? "" : ` ${cut}`}\n`);
    }
    if (checks.length > 0) io.stdout.write(`  judged by ${checks.join(", ")}\n`);
  }
  const requests = sent.reduce((sum, { drafts }) => sum + drafts.length, 0);
  const tokens = sent.reduce((sum, one) => sum + one.tokens, 0);
  io.stdout.write(`${count(requests, "request")}, at most ${tokens} tokens; nothing was sent\n`);
}
