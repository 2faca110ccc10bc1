import { CassetteError, type Library, findCassettes, loadLibrary } from "../cassette/index.ts";
import type { ExchangeRequest, LiveSource } from "../exchange/index.ts";
import { Player, Stubs } from "../mock/index.ts";
import type { OglVersion } from "../openapi/index.ts";
import type { Upstream } from "../server/index.ts";
import { foldLeftLogs, refuseOldLogs } from "./log/index.ts";
import { RecordError, type RecordMode, type WorkerOptions } from "./model/index.ts";
import { hasRecording } from "./worker/index.ts";

export interface ModeOptions {
  readonly mode: RecordMode;
  /** Records the interaction of this name again, and plays all others. */
  readonly only?: string | undefined;
  readonly out: string;
  readonly folder: boolean;
  readonly ogl: OglVersion;
}

/** A record mode resolved against the existing recording. */
export interface Plan {
  /** Whether anything is recorded. */
  readonly records: boolean;
  /** Whether requests go up before they are read whole; only possible if no cassette is consulted first. */
  readonly streams: boolean;
  /** The cassettes that are played, if any. */
  readonly library: Library | undefined;
  readonly how: WorkerOptions["how"];
  readonly only?: string | undefined;
  sources(upstream: Upstream): LiveSource[];
}

/**
 * Resolves a record mode against the existing recording. Logs of killed recorders are folded into their cassettes first,
 * except in mode `none`, which writes nothing.
 * @throws CassetteError if the existing recording can't be used; RecordError if it has no interaction named `only`
 */
export function recordPlan(options: ModeOptions): Plan {
  const { mode, only, out, folder, ogl } = options;
  const there = hasRecording(out, folder);
  if (mode === "none") refuseOldLogs(out);
  else foldLeftLogs(out);
  if (only === undefined && (mode === "all" || (mode === "once" && !there))) {
    if (there) mustBeRecorded(loadRecording(options, there));
    return {
      records: true,
      streams: true,
      library: undefined,
      how: "replace",
      sources: (upstream) => [{ answer: () => upstream.answer, answerEarly: () => upstream.answer }],
    };
  }
  const library = loadRecording(options, there);
  // The gateway can be asked whether it refuses a key that nobody knows.
  const trusting = mode === "missing" && only === undefined;
  const player = new Player(library, new Stubs(ogl), new Map(), { trusting });
  const miss: LiveSource = { answer: (exchange: ExchangeRequest) => player.miss(exchange) };
  if (only !== undefined) {
    mustBeRecorded(library);
    const title = recordingTitle(library, only, out);
    return {
      records: true,
      streams: false,
      library,
      how: "only",
      only,
      sources: (upstream) => [unlessPlayed(player, title, upstream), miss],
    };
  }
  const records = mode === "missing";
  if (records) mustBeRecorded(library);
  return {
    records,
    streams: false,
    library,
    how: "add",
    sources: (upstream) => [player, records ? { answer: () => upstream.answer } : miss],
  };
}

function loadRecording({ out, ogl }: ModeOptions, there: boolean): Library {
  return loadLibrary({ ogl, paths: there ? findCassettes([out], { empty: true }) : [] });
}

/** The player, except that the upstream answers when it is the turn of one interaction. */
function unlessPlayed(player: Player, title: string, upstream: Upstream): LiveSource {
  return {
    answer: (exchange) => {
      const answer = player.answer(exchange);
      return answer?.by.kind === "cassette" && answer.by.title === title ? upstream.answer : answer;
    },
  };
}

function recordingTitle(library: Library, only: string, out: string): string {
  const found = library.entries.filter(({ interaction }) => interaction.name === only);
  const [entry] = found;
  if (entry === undefined) {
    const names = library.entries.slice(0, 10).map(({ interaction }) => JSON.stringify(interaction.name));
    throw new RecordError(
      "only",
      { file: out },
      `has no interaction ${JSON.stringify(only)}`,
      `--only is one of ${names.join(", ") || "none, as there is nothing recorded yet"}`,
    );
  }
  if (found.length > 1)
    throw new RecordError(
      "only",
      {},
      `${found.length} interactions are named ${JSON.stringify(only)}`,
      "give each a name of its own in the cassette",
    );
  return entry.title;
}

/** Refuses to record into cassettes that were not recorded, so that origins do not mix. */
function mustBeRecorded(library: Library): void {
  const other = library.entries.find(({ origin }) => origin !== "recorded");
  if (other !== undefined)
    throw new CassetteError(
      "schema",
      { file: other.file, pointer: "/about/origin" },
      `the cassette is ${other.origin}; recordings are not added to such a cassette`,
      "record into another --out and play both with --cassettes",
    );
  const [skipped] = library.otherGeneration;
  if (skipped !== undefined && library.files.length === 0)
    throw new CassetteError(
      "schema",
      { file: skipped, pointer: "/about/ogl" },
      `the cassette is of another OGL generation than ${library.ogl}`,
      "name its generation with --ogl, or record into another --out",
    );
}
