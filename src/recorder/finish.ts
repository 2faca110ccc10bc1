/**
 * The one place where a raw exchange becomes what may be stored: sanitized, then looked through by itself. What is found
 * keeps the interaction off the disk.
 */
import {
  type About,
  checkInteraction,
  encodeBody,
  importExchange,
  type Interaction,
  masked,
  parseJsonSource,
  Pseudonyms,
  type RawExchange,
  withWaivers,
} from "../cassette/index.ts";
import { headerValue, pairsOf } from "../wire/index.ts";
import type { LeakFinding, ScribeJob } from "./types.ts";

/** An exchange that may be stored, or what stands against that. */
export interface Finished {
  readonly interaction: Interaction;
  /** Places where a secret was replaced. */
  readonly replaced: number;
  /** The kinds of what was replaced. */
  readonly sanitized: readonly string[];
  readonly findings: readonly LeakFinding[];
  /** Secrets that were not known before this exchange, with what stands for each. */
  readonly learnt: ReadonlyMap<string, string>;
}

/** A secret shorter than this is a word that may stand anywhere. */
const MIN_SECRET = 6;

const CREDENTIAL_HEADERS = new Set([
  "authorization",
  "proxy-authorization",
  "x-api-key",
  "api-key",
  "cookie",
  "set-cookie",
]);

/** Sanitizes the exchanges of one recording: a secret has one pseudonym in all of them. */
export class Finisher {
  readonly #about: About;
  readonly #pseudonyms: Pseudonyms;
  readonly #redactPrompts: boolean;
  /** The secrets of this recording, each with its pseudonym. */
  readonly #secrets = new Map<string, string>();
  #replaced = 0;

  /** @param existing the text of what is stored already: its pseudonyms stay taken */
  constructor(
    about: About,
    options: {
      readonly existing: string;
      readonly secrets: readonly string[];
      readonly redactPrompts: boolean;
    },
  ) {
    this.#about = about;
    this.#redactPrompts = options.redactPrompts;
    this.#pseudonyms = new Pseudonyms(options.existing, { onReplace: () => this.#replaced++ });
    for (const secret of options.secrets) this.#learn(secret);
  }

  /** @throws CassetteError `import` if the exchange can't be an interaction */
  async finish(job: ScribeJob): Promise<Finished> {
    const before = this.#replaced;
    const learnt = new Map<string, string>();
    for (const secret of secretsOf(job)) {
      const pseudonym = this.#learn(secret);
      if (pseudonym !== undefined) learnt.set(secret, pseudonym);
    }
    const imported = await importExchange("the recording", rawOf(job), this.#pseudonyms);
    const shaped = withEnd(imported, job);
    const clean = this.#withoutKnown(this.#redactPrompts ? redacted(shaped) : shaped);
    const interaction = withWaivers(clean, this.#about, "as recorded");
    return {
      interaction,
      replaced: this.#replaced - before,
      sanitized: this.#pseudonyms.used,
      findings: this.scan(interaction),
      learnt,
    };
  }

  /** What must not be stored: secrets that are left, and what the loader would refuse. */
  scan(interaction: Interaction): LeakFinding[] {
    const { problems } = checkInteraction(interaction, this.#about, noSideFiles);
    return [
      ...problems.map(({ code, place, message }) => ({ kind: code, place, shown: masked(message) })),
      ...compressed(interaction),
      ...this.#known(interaction),
    ];
  }

  #learn(secret: string): string | undefined {
    if (secret.length < MIN_SECRET || this.#secrets.has(secret)) return undefined;
    const pseudonym = this.#pseudonyms.replaceHeader("x-api-key", secret);
    if (pseudonym === secret) return undefined; // it is one already
    this.#secrets.set(secret, pseudonym);
    return pseudonym;
  }

  #withoutKnown(interaction: Interaction): Interaction {
    const text = JSON.stringify(interaction);
    const { text: clean, places } = replaceSecrets(text, this.#secrets);
    this.#replaced += places;
    return places === 0 ? interaction : (parseJsonSource(clean) as Interaction);
  }

  #known(interaction: Interaction): LeakFinding[] {
    const texts = [
      ["", JSON.stringify(interaction)],
      [
        "/response/body",
        Buffer.concat(
          encodeBody(interaction.response.body ?? [], noSideFiles).map(({ bytes }) => bytes),
        ).toString("latin1"),
      ],
    ] as const;
    return texts.flatMap(([place, text]) =>
      [...this.#secrets].flatMap(([secret, pseudonym]) =>
        formsOf(secret).some((form) => text.includes(form))
          ? [{ kind: "known-secret", place, shown: `the value that is ${pseudonym} elsewhere` }]
          : [],
      ),
    );
  }
}

/** A text that is stored with the secrets in it replaced, and in how many places. */
export function replaceSecrets(
  text: string,
  secrets: ReadonlyMap<string, string>,
): { readonly text: string; readonly places: number } {
  let clean = text;
  let places = 0;
  for (const [secret, pseudonym] of secrets) {
    for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])) {
      const parts = clean.split(form);
      places += parts.length - 1;
      clean = parts.join(pseudonym);
    }
  }
  return { text: clean, places };
}

/** How a secret may be spelled. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    // Without what depends on the neighbours.
    return text.slice(shift === 0 ? 0 : shift + 1, -4);
  });
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString("hex"),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ].filter((form) => form.length >= MIN_SECRET);
}

/** The credentials that were sent, either way. */
function secretsOf({ request, response }: ScribeJob): string[] {
  return [request, response].flatMap((bytes) =>
    bytes === undefined ? [] : credentialsOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
  );
}

function credentialsOf(message: Buffer): string[] {
  const end = message.indexOf("\r\n\r\n");
  const lines = message
    .subarray(0, end === -1 ? message.length : end)
    .toString("latin1")
    .split("\r\n")
    .slice(1);
  const raw = lines.flatMap((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return pairsOf(raw)
    .filter(([name]) => CREDENTIAL_HEADERS.has(name.toLowerCase()))
    .map(([, value]) => value.replace(/^(?:bearer|basic|token|digest)\s+/i, ""));
}

/** What nobody can look into can't be said to hold no secret. */
function compressed({ request, response }: Interaction): LeakFinding[] {
  const places = [
    ["/request/headers", request.headers ?? []],
    ["/response/headers", response.headers ?? []],
  ] as const;
  return places.flatMap(([place, headers]) => {
    const coding = headerValue(headers, "content-encoding") ?? "identity";
    return coding.toLowerCase() === "identity"
      ? []
      : [{ kind: "compressed", place, shown: `the body is ${coding} and can't be looked into` }];
  });
}

function redacted(_interaction: Interaction): Interaction {
  throw new Error("prompts can't be redacted by this build");
}

/** An answer of which nothing came stands in for one until the request is read. */
const NO_ANSWER = Buffer.from("HTTP/1.1 204 No Content\r\n\r\n");

const END_WORDS = {
  complete: "keep-alive",
  close: "EOF",
  reset: "reset",
  truncate: "EOF",
  aborted: "",
} as const;

function rawOf({ request, response, reads, end }: ScribeJob): RawExchange {
  const base64 = (bytes: Uint8Array): { base64: string } => ({
    base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64"),
  });
  return {
    name: "as recorded",
    request: base64(request),
    response: base64(response ?? NO_ANSWER),
    reads: response === undefined ? [] : reads,
    end: END_WORDS[end],
  };
}

/** When the end came is not in the bytes of a message that was cut. */
function withEnd(interaction: Interaction, { response, reads, end, endAt }: ScribeJob): Interaction {
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

function noSideFiles(): never {
  throw new RangeError("a recording has no side files");
}
