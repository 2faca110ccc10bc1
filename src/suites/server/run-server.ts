import type { OglVersion } from "../../openapi/index.ts";
import { type Given, factsRead, factsGiven } from "./facts.ts";
import { type ProbeState, type ServerVerdict, judgeServer } from "./judge-server.ts";
import type { CreatedJournal } from "./journal.ts";
import type { Consent, Created, Draft, Facts, Probe, ServerCheck } from "./model/index.ts";
import { type Limits, type Player, type Spent, type Way, createPlayer, tokensOf } from "./player.ts";
import { FIRST_PROBES, PROBES, removeLeftovers } from "./probes/index.ts";

export interface ServerRunOptions extends Way, Limits, Given {
  /** Checks to judge by, in the order of reports. */
  readonly checks: readonly ServerCheck[];
  readonly consents: ReadonlySet<Consent>;
  /** Journal of what writing probes create; without one they are not played. */
  readonly journal?: CreatedJournal;
  /** Called once the generation is recognised, before the first verdict. */
  readonly onFacts?: (facts: Facts, subject: string) => void;
  readonly onProbe?: (probe: Probe) => void;
  /** @param keys keys that the run has made so far, which no report may show */
  readonly onVerdict?: (verdict: ServerVerdict, keys: readonly string[]) => void;
}

/** Result of a run. */
export interface ServerRun {
  readonly subject: string;
  readonly ogl: OglVersion;
  readonly verdicts: readonly ServerVerdict[];
  readonly spent: Spent;
  /** Things of earlier runs that were deleted now. */
  readonly cleaned: readonly string[];
}

const NO_JOURNAL: Created = { planned: () => {}, removed: () => {} };

/**
 * Judges a live server: plays the probes of the checks within the limits, and judges each check once its probes are played.
 * @throws SuiteError `unreachable` if there is no server
 */
export async function runServerSuite(options: ServerRunOptions): Promise<ServerRun> {
  const { checks, journal, consents } = options;
  const player = createPlayer(options, options, journal ?? NO_JOURNAL);
  const states = new Map<string, ProbeState>();
  const given = factsGiven(options);
  for (const probe of FIRST_PROBES) states.set(probe.id, await playProbe(probe, player, given, options));
  const answer = (id: string): ReturnType<typeof firstOf> => firstOf(states.get(id));
  const facts = factsRead(options, given, answer("openapi"), answer("models.list"));
  const subject = `${options.route.target.origin}${options.route.target.prefix} (OGL ${facts.ogl})`;
  options.onFacts?.(facts, subject);
  const cleaned =
    journal === undefined || !consents.has("writes")
      ? []
      : await removeLeftovers(journal.leftovers, player.asker(facts), facts);
  const verdicts: ServerVerdict[] = [];
  const judged = new Set<ServerCheck>();
  const judgeReady = (): void => {
    for (const check of checks) {
      if (judged.has(check) || !check.probes.every((probe) => states.has(probe))) continue;
      judged.add(check);
      const verdict = judgeServer(check, states, facts, subject);
      verdicts.push(verdict);
      options.onVerdict?.(verdict, player.keys);
    }
  };
  judgeReady();
  for (const probe of probesOf(checks)) {
    if (states.has(probe.id)) continue;
    options.onProbe?.(probe);
    states.set(probe.id, await playProbe(probe, player, facts, options));
    judgeReady();
  }
  return { subject, ogl: facts.ogl, verdicts, spent: player.spent, cleaned };
}

const firstOf = (state: ProbeState | undefined): Parameters<typeof factsRead>[2] =>
  state !== undefined && "exchanges" in state ? state.exchanges[0] : undefined;

/** Probes that the checks need, in the order of the catalogue. */
function probesOf(checks: readonly ServerCheck[]): Probe[] {
  const needed = new Set(checks.flatMap(({ probes }) => probes));
  return PROBES.filter(({ id }) => needed.has(id));
}

function playProbe(
  probe: Probe,
  player: Player,
  facts: Facts,
  { consents }: Pick<ServerRunOptions, "consents">,
): Promise<ProbeState> {
  if (probe.consent !== undefined && !consents.has(probe.consent))
    return Promise.resolve({ consent: probe.consent });
  const drafts = probe.requests(facts);
  return "unfit" in drafts ? Promise.resolve(drafts) : player.play(probe, facts, drafts);
}

/** Probe as it would be sent. */
export interface PlannedProbe {
  readonly probe: Probe;
  /** Consent that is missing. */
  readonly missing?: Consent;
  readonly drafts: readonly Draft[];
  readonly tokens: number;
}

/** Requests that a run of the checks would send, with names in place of models that only the server knows. Nothing is sent. */
export function plannedProbes({
  checks,
  consents,
  ...given
}: Pick<ServerRunOptions, "checks" | "consents"> & Given): PlannedProbe[] {
  const facts = factsGiven({
    ...given,
    chat: given.chat ?? "MODEL",
    embedding: given.embedding ?? "EMBEDDING-MODEL",
  });
  const needed = new Set([...FIRST_PROBES, ...probesOf(checks)]);
  return [...needed].map((probe) => {
    const drafts = probe.requests(facts);
    const sent = "unfit" in drafts ? [] : drafts;
    const isMissing = probe.consent !== undefined && !consents.has(probe.consent);
    return {
      probe,
      ...(isMissing && probe.consent !== undefined ? { missing: probe.consent } : {}),
      drafts: sent,
      tokens: sent.reduce((sum, draft) => sum + tokensOf(draft), 0),
    };
  });
}
