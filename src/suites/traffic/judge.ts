import { type Level, type Result, type Verdict, worstOf } from "../model/index.ts";
import { type TraceRecord, traceRecordOf } from "../record/index.ts";
import { COMMAND_CHECKS, OGL_CHECKS, PATH_CHECKS, REPEAT_CHECKS, REQUEST_CHECKS } from "./checks/index.ts";
import {
  type Observed,
  type Traffic,
  type TrafficCheck,
  type TrafficContext,
  type TrafficFinding,
  runTraceOf,
} from "./model/index.ts";

/** Traffic checks in the order of reports. */
export const TRAFFIC_CHECKS: readonly TrafficCheck[] = [
  ...COMMAND_CHECKS.filter(({ id }) => id.startsWith("command/")),
  ...PATH_CHECKS,
  ...REQUEST_CHECKS,
  ...OGL_CHECKS,
  ...REPEAT_CHECKS,
  ...COMMAND_CHECKS.filter(({ id }) => !id.startsWith("command/")),
];

/** Level override of a check; `off` leaves it out. */
export type LevelSetting = Level | "off";

export interface JudgeTraffic extends TrafficContext {
  readonly subject: string;
  /** Level overrides by check id. */
  readonly levels?: ReadonlyMap<string, LevelSetting>;
}

export interface TrafficVerdict {
  readonly verdict: Verdict;
  /** Trace with the exchanges that show the findings; absent for a pass. */
  readonly trace?: TraceRecord;
}

/** Maximum number of listed findings of one check; the others are counted. */
const MAX_FINDINGS = 20;
/** Maximum number of kept exchanges of one check. */
const MAX_EXCHANGES = 6;

/** Judges traffic by all checks. A pure function, so saved traffic can be judged again. */
export function judgeTraffic(traffic: Traffic, options: JudgeTraffic): TrafficVerdict[] {
  return TRAFFIC_CHECKS.map((check) => checkVerdict(check, traffic, options));
}

function checkVerdict(check: TrafficCheck, traffic: Traffic, options: JudgeTraffic): TrafficVerdict {
  const set = options.levels?.get(check.id) ?? check.level;
  const about = { subject: options.subject, scenario: check.id, findings: [], ms: 0 };
  if (set === "off")
    return {
      verdict: {
        ...about,
        level: check.level,
        result: "skipped",
        reason: `switched off by --level ${check.id}=off`,
      },
    };
  const found = check.test(traffic, options);
  if (found === null)
    return {
      verdict: { ...about, level: set, result: "not-observable", reason: `observable if ${check.seenIf}` },
    };
  const findings = listed(found).map((message) => ({
    check: check.id,
    needs: check.needs,
    level: set,
    message,
  }));
  const verdict = { ...about, level: set, findings, result: resultOf(check, findings) };
  if (findings.length === 0) return { verdict };
  return { verdict, trace: checkTrace(check, set, found, options.subject) };
}

/** Result of the findings; a command that does not end is a hang. */
function resultOf({ id }: TrafficCheck, findings: Parameters<typeof worstOf>[0]): Result {
  const worst = worstOf(findings);
  return id === "command/ends" && worst !== "pass" ? "hang" : worst;
}

/** Messages of the findings, equal ones merged with their count, long lists cut. */
function listed(found: readonly TrafficFinding[]): string[] {
  const counts = new Map<string, number>();
  for (const { message } of found) counts.set(message, (counts.get(message) ?? 0) + 1);
  const lines = [...counts].map(([message, n]) => (n === 1 ? message : `${message} (${n} times)`));
  const more = lines.length - MAX_FINDINGS;
  return more <= 0 ? lines : [...lines.slice(0, MAX_FINDINGS), `and ${more} more of the kind`];
}

function checkTrace(
  check: TrafficCheck,
  level: Level,
  found: readonly TrafficFinding[],
  subject: string,
): TraceRecord {
  const blamed = new Set<Observed>(found.flatMap(({ exchanges }) => exchanges));
  const { exchanges, calls } = runTraceOf(
    [...blamed].toSorted((a, b) => a.id - b.id).slice(0, MAX_EXCHANGES),
  );
  return traceRecordOf(
    {
      subject,
      scenario: check.id,
      judges: "traffic",
      title: `${check.id.startsWith("command/") ? "the command" : "a client"} ${check.says}`,
      why: check.why,
      evidence: check.evidence,
      checks: [{ id: check.id, says: check.says, level }],
    },
    { exchanges, calls },
  );
}
