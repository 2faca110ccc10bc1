/**
 * Makes raw exchanges into interactions that may be stored. They are sanitized, then scanned independently; findings keep
 * an interaction off the disk.
 */
import {
  type About,
  type CheckedFinding,
  type Interaction,
  PROMPTS,
  type RawExchange,
  type ReadSideFile,
  type SanitizeConfig,
  archivedTexts,
  blobsToSideFiles,
  checkInteraction,
  draftOfExchange,
  hashOf,
  hiddenContent,
  redactPrompts,
  sanitizeInteraction,
  sanitizeRulesOf,
  waiveAll,
} from "../../cassette/index.ts";
import { Sanitizer, masked, lookAgain } from "../../secrets/index.ts";
import { defined } from "../../util/index.ts";
import type { Drift, LeakFinding, WorkerJob } from "../model/index.ts";

export interface FinishOptions {
  /** Text of the existing cassettes, whose pseudonyms are not given again. */
  readonly existing: string;
  /** Secrets that are known from the start, like the upstream's key. */
  readonly secrets: readonly string[];
  /** Hosts whose names are replaced, like the upstream's. */
  readonly hosts: readonly string[];
  readonly redactPrompts: boolean;
  readonly sanitize: SanitizeConfig;
}

/** A finished exchange, with the findings that forbid storing it. */
export interface Finished {
  readonly interaction: Interaction;
  /** Its deviations from the OpenAPI, all waived in it. */
  readonly drift: readonly Drift[];
  /** Number of replaced secrets. */
  readonly replaced: number;
  /** Kinds of the secrets that were replaced so far. */
  readonly sanitized: readonly string[];
  readonly findings: readonly LeakFinding[];
  /** True if it revealed new secrets, which stored interactions may contain. */
  readonly learnt: boolean;
  /** Large binary content by its hash, to be written before the interaction. */
  readonly sideFiles: ReadonlyMap<string, Uint8Array>;
}

/** Sanitizes the exchanges of one recording: a secret has one pseudonym in all of them. */
export class Finisher {
  readonly #about: About;
  readonly #options: FinishOptions;
  readonly #sanitizer: Sanitizer;
  readonly #readSideFile: ReadSideFile;
  readonly #keep: readonly RegExp[];

  /**
   * @param readSideFile reads stored side files
   * @throws CassetteError if a custom rule can't be used
   */
  constructor(about: About, options: FinishOptions, readSideFile: ReadSideFile) {
    this.#about = about;
    this.#options = options;
    this.#readSideFile = readSideFile;
    const rules = sanitizeRulesOf("the config", options.sanitize);
    this.#keep = rules.keep ?? [];
    this.#sanitizer = new Sanitizer(options.existing, { rules });
    for (const secret of options.secrets) this.#sanitizer.learn(secret);
    for (const host of options.hosts) this.#sanitizer.learnHost(host);
  }

  /** @throws CassetteError `import` if the exchange can't be an interaction */
  async finish(job: WorkerJob): Promise<Finished> {
    const { replacements, revision } = this.#sanitizer;
    const sideFiles = new Map<string, Uint8Array>();
    const draft = withEnd(await draftOfExchange("the recording", rawOf(job)), job);
    const filled = this.#options.redactPrompts ? redactPrompts(draft) : draft;
    const small =
      this.#options.sanitize.blobs === "files"
        ? blobsToSideFiles(filled, (bytes) => keep(sideFiles, bytes))
        : filled;
    const readSideFile = (hash: string): Uint8Array => sideFiles.get(hash) ?? this.#readSideFile(hash);
    const clean = sanitizeInteraction(small, this.#sanitizer, { readSideFile });
    const { interaction, deviations } = waiveAll(clean, this.#about, "as recorded", readSideFile);
    return {
      interaction,
      drift: deviations.map(toDrift),
      replaced: this.#sanitizer.replacements - replacements,
      sanitized: [...this.#sanitizer.used, ...(this.#options.redactPrompts ? [PROMPTS] : [])],
      findings: await this.scan(interaction, readSideFile),
      learnt: this.#sanitizer.revision > revision,
      sideFiles,
    };
  }

  /**
   * Sanitizes a stored interaction again, with secrets that were learnt since.
   * @returns `undefined` if it may no longer be stored; the same object if it has none of the secrets
   */
  async again(interaction: Interaction): Promise<Interaction | undefined> {
    const readSideFile = this.#readSideFile;
    const clean = sanitizeInteraction(interaction, this.#sanitizer, { readSideFile });
    return (await this.scan(clean, readSideFile)).length > 0 ? undefined : clean;
  }

  /** Findings that forbid storing an interaction: remaining secrets, and problems for which it would not load. */
  async scan(
    interaction: Interaction,
    readSideFile: ReadSideFile = this.#readSideFile,
  ): Promise<LeakFinding[]> {
    const { problems } = checkInteraction(interaction, this.#about, readSideFile);
    const leaks = await lookAgain(textsToScan(interaction, readSideFile), {
      known: this.#sanitizer.secrets,
      allow: this.#keep,
    });
    return [
      ...problems.map(({ code, location, message }) => ({ kind: code, location, shown: masked(message) })),
      ...hiddenContent(interaction, this.#sanitizer, readSideFile).map(({ location, reason }) => ({
        kind: "compressed",
        location,
        shown: reason,
      })),
      ...leaks.map(({ kind, rule, view, line, excerpt }) => ({
        kind,
        location: line > 1 ? `${view}, line ${line}` : view,
        shown: `${rule}: ${excerpt}`,
      })),
    ];
  }
}

function toDrift({ location, message, finding }: CheckedFinding): Drift {
  const { code, keyword, missing } = finding;
  return { location, message, code, ...defined({ keyword, missing }) };
}

function keep(sideFiles: Map<string, Uint8Array>, bytes: Uint8Array): string {
  const hash = hashOf(bytes);
  sideFiles.set(hash, bytes);
  return hash;
}

/** The texts of an interaction, and of the archives in it. */
function textsToScan(interaction: Interaction, readSideFile: ReadSideFile): { name: string; text: string }[] {
  const archived = archivedTexts(interaction, readSideFile);
  return [
    { name: "interaction", text: JSON.stringify(interaction) },
    ...archived.map((text) => ({ name: "archive", text })),
  ];
}

/** Stands in for an absent answer while the request is parsed. */
const NO_ANSWER = Buffer.from("HTTP/1.1 204 No Content\r\n\r\n");

const END_WORDS = {
  complete: "keep-alive",
  close: "EOF",
  reset: "reset",
  truncate: "EOF",
  aborted: "",
} as const;

function rawOf({ request, response, reads, end }: WorkerJob): RawExchange {
  return {
    name: "as recorded",
    request,
    response: response ?? NO_ANSWER,
    reads: response === undefined ? [] : reads,
    end: END_WORDS[end],
  };
}

/** Adds the time of the end, which the bytes of a cut message do not have. */
function withEnd(interaction: Interaction, { response, reads, end, endAt }: WorkerJob): Interaction {
  if (response === undefined) {
    const how = end === "reset" ? "reset" : "truncate";
    return { ...interaction, response: { wait: Math.round(endAt), end: { how } } };
  }
  const ended = interaction.response.end;
  if (ended === undefined || ended.how === "complete") return interaction;
  const last = reads.at(-1)?.[0] ?? 0;
  const wait = Math.max(ended.wait ?? 0, Math.round(endAt) - Math.round(last));
  return { ...interaction, response: { ...interaction.response, end: { ...ended, wait } } };
}
