/**
 * Makes raw exchanges into interactions that may be stored. They are cleaned; findings keep an
 * interaction off the disk.
 */
import {
  type About,
  CassetteError,
  type CheckedFinding,
  type Interaction,
  type LeakFinding,
  PROMPTS,
  type RawExchange,
  type ReadSideFile,
  type Replacement,
  type SanitizeConfig,
  blobsToSideFiles,
  checkInteraction,
  cleaned,
  draftOfExchange,
  hashOf,
  schemaProblem,
  redactPrompts,
  sanitizeRulesOf,
  waiveAll,
} from "../../cassette/index.ts";
import { type GivenPseudonym, Sanitizer, masked } from "../../secrets/index.ts";
import { LARGE_BYTES, collectAllGarbage, defined } from "../../util/index.ts";
import type { Drift, WorkerJob } from "../model/index.ts";

export interface FinishOptions {
  /** Text of the existing cassettes, whose pseudonyms are not given again. */
  readonly existing: string;
  /** Secrets that are known from the start, like the upstream's key. */
  readonly secrets: readonly string[];
  /** Pseudonyms that an earlier worker of the same recording gave. */
  readonly given: readonly GivenPseudonym[];
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
  readonly replaced: readonly Replacement[];
  /** Kinds of the secrets that were replaced so far. */
  readonly sanitized: readonly string[];
  readonly findings: readonly LeakFinding[];
  /** Secrets that it was the first to show. Stored interactions may contain them. */
  readonly learnt: readonly string[];
  /** All texts in which the interaction may be read; absent for a large one. */
  readonly texts?: readonly string[] | undefined;
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
    this.#sanitizer.restore(options.given);
    for (const secret of options.secrets) this.#sanitizer.learn(secret);
    for (const host of options.hosts) this.#sanitizer.learnHost(host);
  }

  /** The secrets that got a pseudonym, without the first so many. */
  givenSince(from: number): readonly GivenPseudonym[] {
    return this.#sanitizer.givenSince(from);
  }

  /** All secrets that were seen, in order; the list only grows. */
  get secrets(): readonly string[] {
    return this.#sanitizer.secrets;
  }

  /** @throws CassetteError `import` if the exchange can't be an interaction */
  async finish(job: WorkerJob): Promise<Finished> {
    const { secrets } = this.#sanitizer;
    const known = secrets.length;
    const sideFiles = new Map<string, Uint8Array>();
    const between = isLarge(job) ? collectAllGarbage : undefined;
    const draft = withEnd(await draftOfExchange("the recording", rawOf(job)), job);
    releaseBytes(job);
    const wrong = schemaProblem({ cassette: 1, about: this.#about, interactions: [draft] });
    if (wrong !== undefined) throw unholdable(wrong);
    const filled = this.#options.redactPrompts ? redactPrompts(draft) : draft;
    const small =
      this.#options.sanitize.blobs === "files"
        ? blobsToSideFiles(filled, (bytes) => keep(sideFiles, bytes))
        : filled;
    const readSideFile = (hash: string): Uint8Array => sideFiles.get(hash) ?? this.#readSideFile(hash);
    let deviations: readonly CheckedFinding[] = [];
    const { interaction, findings, replaced, texts } = await cleaned(small, this.#sanitizer, {
      keep: this.#keep,
      readSideFile,
      keepTexts: true,
      ...defined({ between }),
      complete: (clean) => {
        const waived = waiveAll(clean, this.#about, "as recorded", readSideFile);
        ({ deviations } = waived);
        return waived.interaction;
      },
    });
    between?.();
    // Without a finding it is the completed interaction, whose deviations are all waived: the check of the OpenAPI is not repeated.
    const isWaived = findings.length === 0;
    const problems = this.#problems(interaction, readSideFile, isWaived);
    between?.();
    return {
      interaction,
      drift: deviations.map(toDrift),
      replaced,
      sanitized: [...this.#sanitizer.used, ...(this.#options.redactPrompts ? [PROMPTS] : [])],
      findings: [...problems, ...findings],
      learnt: secrets.slice(known),
      texts,
      sideFiles,
    };
  }

  /**
   * Sanitizes a stored interaction again, with secrets that were learnt since.
   * @returns `undefined` if it may no longer be stored; the same object if it has none of the secrets
   */
  async again(interaction: Interaction): Promise<Interaction | undefined> {
    const readSideFile = this.#readSideFile;
    const clean = await cleaned(interaction, this.#sanitizer, { keep: this.#keep, readSideFile });
    const findings = [...this.#problems(clean.interaction, readSideFile), ...clean.findings];
    return findings.length > 0 ? undefined : clean.interaction;
  }

  /** Problems for which an interaction would not load. */
  #problems(interaction: Interaction, readSideFile: ReadSideFile, isWaived = false): LeakFinding[] {
    const { problems } = checkInteraction(interaction, this.#about, readSideFile, isWaived);
    return problems.map(({ code, location, message }) => ({ kind: code, location, shown: masked(message) }));
  }
}

function isLarge({ request, response }: WorkerJob): boolean {
  return request.length + (response?.length ?? 0) > LARGE_BYTES;
}

/** The refusal of an exchange that would make a cassette unloadable, like one with a status that HTTP does not have. */
function unholdable({
  pointer,
  message,
}: {
  readonly pointer: string;
  readonly message: string;
}): CassetteError {
  const location = pointer.replace(/^\/interactions\/0/, "");
  return new CassetteError(
    "import",
    { file: "the recording" },
    `no cassette can hold it: ${location} ${message}`,
    "correct the server",
  );
}

/** Gives back the memory of raw bytes, of which the draft has all as text. */
function releaseBytes({ request, response }: WorkerJob): void {
  for (const bytes of [request, response ?? NO_ANSWER]) {
    const { buffer, byteLength } = bytes;
    if (byteLength > LARGE_BYTES && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer)
      buffer.transfer(0);
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
