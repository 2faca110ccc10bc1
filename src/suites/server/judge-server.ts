import { type OglVersion, errataOf } from "../../openapi/index.ts";
import { type Verdict, worstOf } from "../model/index.ts";
import { type TraceRecord, traceRecordOf } from "../record/index.ts";
import type { Consent, Facts, ServerCheck, ServerExchange, ServerFinding } from "./model/index.ts";
import { SERVER_ERRATA } from "./server-errata.ts";

/** State of a probe when its checks are judged. */
export type ProbeState =
  | { readonly exchanges: readonly ServerExchange[] }
  | { readonly unfit: string }
  | { readonly consent: Consent }
  | { readonly spent: string };

/** Verdict with the exchanges behind it. */
export interface ServerVerdict {
  readonly verdict: Verdict;
  readonly trace?: TraceRecord;
}

/** Maximum number of listed findings of a check; the others are counted. */
const MAX_LISTED = 12;
/** Maximum number of kept exchanges of a check. */
const MAX_KEPT = 4;

/** Judges a check by the states of its probes. A pure function. */
export function judgeServer(
  check: ServerCheck,
  states: ReadonlyMap<string, ProbeState>,
  facts: Facts,
  subject: string,
): ServerVerdict {
  const seen = (probe: string): readonly ServerExchange[] => {
    const state = states.get(probe);
    return state !== undefined && "exchanges" in state ? state.exchanges : [];
  };
  const ms = Math.round(check.probes.flatMap((probe) => seen(probe)).reduce((sum, one) => sum + one.ms, 0));
  const about = { subject, scenario: check.id, level: check.level, ms };
  const own = check.probes.map((probe) => states.get(probe));
  const spent = own.find((state) => state !== undefined && "spent" in state);
  if (spent !== undefined && "spent" in spent)
    return { verdict: { ...about, result: "skipped", findings: [], reason: spent.spent } };
  const judged = check.test(seen, facts);
  if ("unseen" in judged) return { verdict: { ...about, ...unseenResult(own, judged.unseen), findings: [] } };
  const open = judged.filter(({ erratum }) => !isErratumOf(erratum, facts.ogl));
  const isHung = open.some(({ exchanges }) => exchanges.some(({ delivery }) => delivery.ended === "stall"));
  const result = isHung ? "hang" : worstOf(asFindings(check, open));
  const findings = asFindings(check, judged);
  if (judged.length === 0) return { verdict: { ...about, result: "pass", findings } };
  const trace = traceOfCheck(check, open.length > 0 ? open : judged, subject);
  if (open.length > 0) return { verdict: { ...about, result, findings: asFindings(check, open) }, trace };
  const ids = [...new Set(judged.flatMap(({ erratum }) => erratum ?? []))];
  return {
    verdict: {
      ...about,
      result: "known",
      was: worstOf(findings),
      findings,
      reason: ids.map((id) => `erratum ${id}: ${doesOf(id, facts.ogl)}`).join("; "),
    },
    trace,
  };
}

/** Result of a check that saw nothing: the operator did not allow it, or the server has no such thing. */
function unseenResult(
  own: readonly (ProbeState | undefined)[],
  unseen: string,
): Pick<Verdict, "result" | "reason"> {
  const refused = own.flatMap((state) => (state !== undefined && "consent" in state ? [state.consent] : []));
  if (refused.length === own.length && refused[0] !== undefined)
    return refused[0] === "fault-models"
      ? { result: "not-observable", reason: unseen }
      : { result: "skipped", reason: `needs --allow-${refused[0]}` };
  const unfit = own.find((state) => state !== undefined && "unfit" in state);
  return {
    result: "not-observable",
    reason: unfit !== undefined && "unfit" in unfit ? unfit.unfit : unseen,
  };
}

/** Findings as verdicts have them, equal ones merged with their count, long lists cut. */
function asFindings({ id, level, rule }: ServerCheck, found: readonly ServerFinding[]): Verdict["findings"] {
  const counts = new Map<string, number>();
  for (const { message } of found) counts.set(message, (counts.get(message) ?? 0) + 1);
  const lines = [...counts].map(([message, n]) => (n === 1 ? message : `${message} (${n} times)`));
  const more = lines.length - MAX_LISTED;
  const listed = more <= 0 ? lines : [...lines.slice(0, MAX_LISTED), `and ${more} more of the kind`];
  return listed.map((message) => ({ check: id, needs: "wire" as const, level, message, rule }));
}

function traceOfCheck(check: ServerCheck, found: readonly ServerFinding[], subject: string): TraceRecord {
  const blamed = [...new Set(found.flatMap(({ exchanges }) => exchanges))];
  return traceRecordOf(
    {
      subject,
      scenario: check.id,
      judges: "server",
      title: `the server ${check.says}`,
      why: check.why,
      evidence: [check.rule],
      checks: [{ id: check.id, says: check.says, level: check.level }],
    },
    { exchanges: blamed.slice(0, MAX_KEPT), calls: [] },
  );
}

/** Whether an erratum describes this generation. */
function isErratumOf(erratum: string | undefined, ogl: OglVersion): boolean {
  return erratum !== undefined && doesOf(erratum, ogl) !== undefined;
}

/** Behaviour of a generation by an erratum; `undefined` if it has no such one. */
function doesOf(id: string, ogl: OglVersion): string | undefined {
  const own = SERVER_ERRATA.find((erratum) => erratum.id === id && erratum.ogl.includes(ogl));
  return own?.does ?? errataOf(ogl).find((erratum) => erratum.id === id)?.does;
}
