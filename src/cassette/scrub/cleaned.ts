import { type Sanitizer, locationOfText, lookAgain } from "../../secrets/index.ts";
import { defined } from "../../util/index.ts";
import { CassetteError, type Interaction, type ReadSideFile, noSideFiles } from "../format/index.ts";
import { decodedInteraction } from "./decode.ts";
import { archivedTexts, hiddenContent } from "./hidden.ts";
import { brokenBody } from "./intact.ts";
import { type LocationAt, sanitizeInteraction } from "./interaction.ts";
import { keepPattern } from "./keep.ts";
import { shownPointer } from "./shown-pointer.ts";

/** A secret, or a text like one, that is left after sanitizing. It never has the secret itself. */
export interface LeakFinding {
  readonly kind: string;
  /** JSON pointer into the interaction. */
  readonly location: string;
  /** Description without the secret. */
  readonly shown: string;
  /** Regular expression for the entry `keep` of the config's `sanitize`, which lets it pass. */
  readonly keep?: string;
}

/** A replaced secret, without its value. */
export interface Replacement {
  /** JSON pointer into the interaction as it was. */
  readonly pointer: string;
  readonly rule: string;
  /** The replacement. */
  readonly pseudonym: string;
  /** Regular expression for the entry `keep` of the config's `sanitize`, which lets it pass. */
  readonly keep: string;
}

/** An interaction that was looked at. */
export interface Cleaned {
  /** Without the secrets that were found. It must not be written if there are findings. */
  readonly interaction: Interaction;
  readonly replaced: readonly Replacement[];
  readonly findings: readonly LeakFinding[];
  /** The texts in which the scan has read the interaction, if they are to be kept and it is small. */
  readonly texts?: readonly string[];
}

export interface CleanContext {
  /** Texts that one of these matches as a whole stay. */
  readonly keep?: readonly RegExp[];
  readonly readSideFile?: ReadSideFile;
  /** True if the texts in which an interaction was read are wanted. */
  readonly keepTexts?: boolean;
  /** Adds what follows from a sanitized interaction and is written with it, like waivers. */
  readonly complete?: (interaction: Interaction) => Interaction;
  /** Called between the steps of the work, each of which leaves copies of a large body behind. */
  readonly between?: () => void;
  /** Called with the hash of each side file that contains a secret and is no longer used. */
  readonly onSideFile?: (hash: string) => void;
}

/** Looks at one interaction as `cleanedAll` does. */
export async function cleaned(
  draft: Interaction,
  sanitizer: Sanitizer,
  context: CleanContext = {},
): Promise<Cleaned> {
  const [one] = await cleanedAll([draft], sanitizer, () => context);
  return one as Cleaned;
}

/**
 * The one way of interactions to what is written. They are sanitized, with the secrets found in any of them, then scanned
 * with other code. A text that the scan finds by its look alone is replaced by a pseudonym; anything else that it finds
 * forbids writing the interaction.
 */
export async function cleanedAll(
  drafts: readonly Interaction[],
  sanitizer: Sanitizer,
  contextOf: (index: number) => CleanContext = () => ({}),
): Promise<Cleaned[]> {
  const work: Cleaning[] = [];
  for (const [i, draft] of drafts.entries()) {
    const context = contextOf(i);
    work.push(new Cleaning(draft, await decodedInteraction(draft, context.readSideFile), sanitizer, context));
  }
  sanitizeOutdated(work);
  for (const one of work) await one.look();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const random = new Set(work.flatMap((one) => (one.isBroken ? [] : one.random)));
    if (random.size === 0) break;
    for (const text of random) sanitizer.learnRandom(text);
    for (const one of sanitizeOutdated(work)) await one.look();
  }
  return work.map((one) => one.result());
}

/** Rounds of replacing what the scan found. The second finds what shows only after the first. */
const MAX_ROUNDS = 2;
/** Findings and replacements that are located within bodies, each with a search of one. */
const MAX_LOCATED = 20;

/** Sanitizes what was sanitized before the last secret was learnt. @returns what changed */
function sanitizeOutdated(work: readonly Cleaning[]): Cleaning[] {
  // The first pass may learn from the last interaction what stands in the first.
  return [...new Set([...work.filter((one) => one.sanitize()), ...work.filter((one) => one.sanitize())])];
}

/** An interaction on its way. */
class Cleaning {
  readonly #sanitizer: Sanitizer;
  readonly #context: CleanContext;
  readonly #readSideFile: ReadSideFile;
  readonly #replaced: Replacement[] = [];
  readonly #draft: Interaction;
  /** The draft with its bodies decompressed. */
  readonly #decoded: Interaction;
  #interaction: Interaction;
  /** The completed interaction, and of which it was made: that takes as long as the scan. */
  #complete: { readonly of: Interaction; readonly interaction: Interaction } | undefined;
  #revision = -1;
  #looked = false;
  #broken: LeakFinding | undefined;
  #findings: readonly LeakFinding[] = [];
  /** The interaction that was scanned, and the texts of which it was read. */
  #scanned: { readonly of: Interaction; readonly texts: readonly string[] } | undefined;
  /** Texts that the scan found by their look alone. */
  random: readonly string[] = [];

  constructor(draft: Interaction, decoded: Interaction, sanitizer: Sanitizer, context: CleanContext) {
    this.#draft = draft;
    this.#decoded = decoded;
    this.#interaction = decoded;
    this.#sanitizer = sanitizer;
    this.#context = context;
    this.#readSideFile = context.readSideFile ?? noSideFiles;
  }

  /** True if its secrets can't be replaced. */
  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** Sanitizes the interaction if a secret was learnt since the last time. @returns true if it changed */
  sanitize(): boolean {
    const { revision } = this.#sanitizer;
    if (this.#broken !== undefined || revision === this.#revision) return false;
    const before = this.#interaction;
    this.#context.between?.();
    try {
      const after = this.#sanitized(before);
      this.#context.between?.();
      const broken = brokenBody(before, after, this.#readSideFile, this.#looked);
      if (broken === undefined) this.#interaction = after;
      else this.#broken = { kind: broken.kind, location: broken.location, shown: broken.reason };
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      this.#broken = { kind: "broken", location: error.location.pointer ?? "", shown: error.reason };
    }
    this.#revision = this.#sanitizer.revision;
    return this.#interaction !== before;
  }

  /** Scans the interaction as it would be written. */
  async look(): Promise<void> {
    if (this.#broken !== undefined) return;
    this.#looked = true;
    const { keep = [], keepTexts = false, between } = this.#context;
    const interaction = this.#completed();
    this.#context.between?.();
    const random = new Set<string>();
    const found: { readonly finding: LeakFinding; readonly text: string }[] = [];
    const archived = archivedTexts(interaction, this.#readSideFile);
    this.#context.between?.();
    const sources = [JSON.stringify(interaction), ...archived].map((text) => ({ name: "interaction", text }));
    this.#context.between?.();
    const texts: (readonly string[])[] = [];
    await lookAgain(sources, {
      known: this.#sanitizer.secrets,
      allow: keep,
      ...defined({ between }),
      ...(keepTexts ? { onTexts: (read: readonly string[]) => void texts.push(read) } : {}),
      onText: ({ kind, rule, excerpt }, { text, cut }) => {
        if (kind === "entropy" && !cut) random.add(text);
        const kept = kind === "known" ? {} : { keep: keepPattern(text) };
        found.push({ finding: { kind, location: "", shown: `${rule}: ${excerpt}`, ...kept }, text });
      },
    });
    this.random = [...random];
    this.#scanned =
      keepTexts && texts.length === sources.length ? { of: interaction, texts: texts.flat() } : undefined;
    const findings: LeakFinding[] = [];
    for (const { finding, text } of found) {
      const location =
        findings.length < MAX_LOCATED ? shownPointer(await locationOfText(interaction, text)) : "";
      findings.push({ ...finding, location });
    }
    this.#findings = findings;
  }

  result(): Cleaned {
    this.#context.between?.();
    // Without a secret in it, a compressed body of a cassette stays as it was written.
    const interaction = this.#interaction === this.#decoded ? this.#given() : this.#completed();
    const texts = this.#scanned?.of === interaction ? this.#scanned.texts : undefined;
    return {
      interaction,
      ...defined({ texts }),
      replaced: this.#replaced,
      findings: [
        ...(this.#broken === undefined ? [] : [this.#broken]),
        ...hiddenContent(this.#interaction, this.#sanitizer, this.#readSideFile).map(
          ({ location, reason }) => ({ kind: "compressed", location, shown: reason }),
        ),
        ...this.#findings,
      ],
    };
  }

  /** The draft as it was given, if nothing was to be added to it either. */
  #given(): Interaction {
    const completed = this.#completed();
    return completed === this.#decoded ? this.#draft : completed;
  }

  #completed(): Interaction {
    if (this.#broken !== undefined) return this.#interaction;
    if (this.#complete?.of !== this.#interaction) {
      const { complete = (interaction) => interaction } = this.#context;
      this.#complete = { of: this.#interaction, interaction: complete(this.#interaction) };
    }
    return this.#complete.interaction;
  }

  #sanitized(interaction: Interaction): Interaction {
    const { between, onSideFile } = this.#context;
    let locate: LocationAt = () => "";
    return this.#sanitizer.listening(
      (rule, pseudonym, at, value) => {
        const pointer = shownPointer(locate(at, this.#replaced.length < MAX_LOCATED));
        this.#replaced.push({ pointer, rule, pseudonym, keep: keepPattern(value) });
      },
      () =>
        sanitizeInteraction(interaction, this.#sanitizer, {
          readSideFile: this.#readSideFile,
          at: (location) => (locate = location),
          ...defined({ between, onSideFile }),
        }),
    );
  }
}
