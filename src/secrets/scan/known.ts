import { GRAM, GramIndex, foldedText } from "./grams.ts";

/** Range in which a known secret stands again. */
export interface KnownRun {
  readonly start: number;
  readonly end: number;
  /** Spelling of the secret there. */
  readonly spelling: string;
}

/** A shorter secret is also a word that stands anywhere. */
const MIN_LENGTH = GRAM;
/** Part of a long secret at its beginning that errors quote: `Incorrect API key provided: sk-abcdefgh…`. */
const CUT = 0.6;
const MIN_CUT = 16;

/**
 * Spellings of a secret. Base64 of a longer text that holds it depends on what stands before it, in three ways:
 * its own letters, without those that its neighbours change, are the same in each.
 */
export function spellingsOf(secret: string): [spelling: string, text: string][] {
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
  if (secret.length >= MIN_CUT) spellings.push(["cut", secret.slice(0, Math.ceil(secret.length * CUT))]);
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

/**
 * Finds secrets that were seen, in all the ways in which they may be spelled. The time does not grow with their number, and
 * of each it keeps the secret alone, not its spellings.
 */
export class KnownScan {
  readonly #secrets: string[] = [];
  readonly #grams = new GramIndex();
  readonly #recent = new Map<number, [spelling: string, text: string][]>();

  constructor(secrets: Iterable<string>) {
    for (const secret of secrets) this.add(secret);
  }

  add(secret: string): void {
    if (secret.length < MIN_LENGTH) return;
    const number = this.#secrets.push(secret) - 1;
    // Spellings that differ only in what a hash does not tell apart have one entry.
    for (const text of new Set(spellingsOf(secret).map(([, spelling]) => foldedText(spelling))))
      this.#grams.add(text, number);
  }

  #spelled(secret: number): [spelling: string, text: string][] {
    const remembered = this.#recent.get(secret);
    if (remembered !== undefined) return remembered;
    const spellings = spellingsOf(this.#secrets[secret] as string);
    if (this.#recent.size >= MAX_SPELLED) this.#recent.clear();
    this.#recent.set(secret, spellings);
    return spellings;
  }

  *find(text: string): Generator<KnownRun> {
    for (const { secret, start } of this.#grams.find(text)) {
      if (start < 0) continue;
      const spellings = this.#spelled(secret);
      const found = spellings.find(([, one]) => text.startsWith(one, start));
      if (found !== undefined) yield { start, end: start + found[1].length, spelling: found[0] };
    }
  }
}

/** Secrets whose spellings are remembered: a run of equal letters is compared with the same one at each of its letters. */
const MAX_SPELLED = 32;

const scans = new WeakMap<Iterable<string>, { readonly scan: KnownScan; read: number }>();

/** The scan for a list of secrets. Of a list that only grew since the last call, the new ones alone are added. */
export function knownScanOf(secrets: Iterable<string>): KnownScan {
  if (!Array.isArray(secrets)) return new KnownScan(secrets);
  const list = secrets as readonly string[];
  const known = scans.get(list) ?? { scan: new KnownScan([]), read: 0 };
  for (const secret of list.slice(known.read)) known.scan.add(secret);
  known.read = list.length;
  scans.set(list, known);
  return known.scan;
}
