/** Range in which a known secret stands again. */
export interface KnownRun {
  readonly start: number;
  readonly end: number;
  /** Spelling of the secret there. */
  readonly spelling: string;
}

/** A shorter secret is also a word that stands anywhere. */
const MIN_LENGTH = 6;

/**
 * Spellings of a secret. Base64 of a longer text that holds it depends on what stands before it, in three ways:
 * its own letters, without those that its neighbours change, are the same in each.
 */
function spellingsOf(secret: string): [spelling: string, text: string][] {
  const bytes = Buffer.from(secret, "utf8");
  const spellings: [string, string][] = [
    ["as it is", secret],
    ["in hex", bytes.toString("hex")],
    ["in hex", bytes.toString("hex").toUpperCase()],
    ["URL-encoded", encodeURIComponent(secret)],
    ["URL-encoded", encodeURIComponent(secret).replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())],
    ["URL-encoded", new URLSearchParams([["", secret]]).toString().slice(1)],
    ["as JSON", JSON.stringify(secret).slice(1, -1)],
    ["as JSON", JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ["reversed", [...secret].toReversed().join("")],
  ];
  for (const [before, drop] of [
    [0, 0],
    [1, 2],
    [2, 3],
  ] as const) {
    const padded = Buffer.concat([Buffer.alloc(before, 0x20), bytes]);
    // Only whole groups of three bytes: the last one may go on with what follows.
    const core = padded
      .subarray(0, padded.length - (padded.length % 3))
      .toString("base64")
      .slice(drop);
    if (core.length >= 8) {
      spellings.push(["in base64", core]);
      spellings.push(["in base64url", core.replaceAll("+", "-").replaceAll("/", "_")]);
    }
  }
  return spellings;
}

/** Finds secrets that were seen, in all the ways in which they may be spelled. */
export class KnownScan {
  readonly #needles = new Map<string, string>();

  constructor(secrets: Iterable<string>) {
    for (const secret of secrets)
      if (secret.length >= MIN_LENGTH)
        for (const [spelling, text] of spellingsOf(secret))
          if (!this.#needles.has(text)) this.#needles.set(text, spelling);
  }

  *find(text: string): Generator<KnownRun> {
    for (const [needle, spelling] of this.#needles)
      for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length))
        yield { start: at, end: at + needle.length, spelling };
  }
}
