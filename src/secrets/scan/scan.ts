import { randomRuns } from "./entropy.ts";
import { knownScanOf } from "./known.ts";
import { type ScanText, textsOf } from "./texts.ts";

/** A file or an interaction, as it would stand on the disk. */
export interface ScanSource {
  readonly name: string;
  readonly text: string;
}

export interface ScanOptions {
  /** The secrets that were seen in this recording; an array may grow between scans, and must not change otherwise. */
  readonly known?: Iterable<string>;
  /** Values that one of these matches as a whole are no secrets. */
  readonly allow?: readonly RegExp[];
  /** Called after the look at a large text. */
  readonly between?: () => void;
  /** Called with the texts in which a source was read, if it is small: a large one is read text by text. */
  readonly onTexts?: (texts: readonly string[]) => void;
  /** Called with the text of each finding, which is for the memory only. */
  readonly onText?: (finding: ScanFinding, text: FoundText) => void;
}

/** The text of a finding. */
export interface FoundText {
  readonly text: string;
  /** True if an escape stands before it, so that its first letters may belong to that. Another view shows it whole. */
  readonly cut: boolean;
}

/** Something that must not be written. It does not hold the secret. */
export interface ScanFinding {
  readonly source: string;
  /** `known`: a secret of this recording. `pattern`: by a rule of secretlint. `entropy`: it looks made by chance. */
  readonly kind: "known" | "pattern" | "entropy";
  /** The rule of secretlint, or how the secret was spelled. */
  readonly rule: string;
  /** Way of reading the file that shows it. */
  readonly view: string;
  /** Counted from 1, in that view. */
  readonly line: number;
  /** After which name it stands, and how long it is. */
  readonly excerpt: string;
}

/** Pseudonyms that the sanitizer writes instead of a secret. */
const PSEUDONYM =
  /^(?:(?:sk|jwt|secret|private-key|cookie|[A-Za-z][\w-]{0,40})-\d{1,6}|user-\d+@example\.org|host-\d+\.example\.org)$/;

/**
 * Looks for secrets in what was sanitized, knowing nothing of how that was done: the rules of secretlint, letters that
 * look made by chance, and the very secrets that were seen, in every spelling. Bodies are put together from their
 * writes, streams from their events.
 */
export async function scanForLeaks(
  sources: readonly ScanSource[],
  { known = [], allow = [], between = () => {}, onTexts, onText = () => {} }: ScanOptions = {},
): Promise<ScanFinding[]> {
  const knownScan = knownScanOf(known);
  const findings = new Map<string, ScanFinding>();
  for (const { name, text: source } of sources) {
    const isKept = onTexts !== undefined && source.length <= MAX_KEPT;
    const texts = isKept ? [...textsOf(source)] : textsOf(source, between);
    for (const one of texts) {
      for (const { kind, rule, start, end } of [
        ...[...knownScan.find(one.text)].map((run) => ({
          ...run,
          kind: "known" as const,
          rule: run.spelling,
        })),
        ...(await patternHits(one.text)),
        ...[...randomRuns(one.text)].map((run) => ({ ...run, kind: "entropy" as const, rule: "entropy" })),
      ]) {
        const secret = one.text.slice(start, end);
        if (kind !== "known" && isHarmless(secret, allow)) continue;
        // The same secret shows in several views; the first says enough.
        const cut = /[\\%]/.test(one.text.charAt(start - 1));
        const key = `${name}\n${kind}\n${cut}\n${secret}`;
        if (findings.has(key)) continue;
        const finding = { source: name, kind, rule, ...shownFinding(one, start, end) };
        findings.set(key, finding);
        onText(finding, { text: secret, cut });
      }
    }
    if (Array.isArray(texts)) onTexts?.(texts.map(({ text }) => text));
  }
  return [...findings.values()];
}

/** Length of a source whose texts may be kept. */
const MAX_KEPT = 64 * 1024;

interface PatternHit {
  readonly kind: "pattern";
  readonly rule: string;
  readonly start: number;
  readonly end: number;
}

async function patternHits(text: string): Promise<PatternHit[]> {
  const { lintSource, config, configOfMost } = await secretlint();
  // A comment within what was recorded must not switch the rules off.
  const content = text.replaceAll(/secretlint-(?=disable|enable)/g, "secretlint_");
  const { messages } = await lintSource({
    source: { content, filePath: "recording.json", ext: ".json", contentType: "text" },
    options: { config: mayBeServiceAccount(text) ? config : configOfMost, noPhysicFilePath: true },
  });
  return messages.map(({ ruleId, messageId, range }) => ({
    kind: "pattern",
    rule: `${ruleId.replace(/^@secretlint\/secretlint-rule-/, "")} ${messageId}`,
    start: range[0],
    end: range[1],
  }));
}

/**
 * True for a text to be parsed as JSON by the rule for keys of Google's service accounts: that takes time, and the memory of a large
 * text once more. The rule looks for a member of this name, which JSON may spell with escapes; a large text is read without
 * its escapes too.
 */
function mayBeServiceAccount(text: string): boolean {
  return text.includes("private_key_id") || (text.length <= LARGE && text.includes("\\u"));
}

const LARGE = 4 << 20;

type Secretlint = Awaited<ReturnType<typeof loadSecretlint>>;
let loaded: Promise<Secretlint> | undefined;

/** Loaded when something is first scanned: nothing else needs it. */
function secretlint(): Promise<Secretlint> {
  return (loaded ??= loadSecretlint());
}

async function loadSecretlint() {
  const [{ lintSource }, { creator }, { secretLintProfiler }] = await Promise.all([
    import("@secretlint/core"),
    import("@secretlint/secretlint-rule-preset-recommend"),
    import("@secretlint/profiler"),
  ]);
  // It keeps an entry of each rule and each text for as long as the process lives.
  secretLintProfiler.setEnabled(false);
  const preset = { id: "@secretlint/secretlint-rule-preset-recommend", rule: creator };
  return {
    lintSource,
    config: { rules: [preset] },
    configOfMost: {
      rules: [{ ...preset, rules: [{ id: "@secretlint/secretlint-rule-gcp", disabled: true }] }],
    },
  };
}

/** A pseudonym, be it with the address around it, or what one may allow. */
function isHarmless(secret: string, allow: readonly RegExp[]): boolean {
  const password = /:\/\/[^:/\s]*:([^@\s]*)@/.exec(secret)?.[1] ?? secret;
  return (
    PSEUDONYM.test(password) ||
    /^(?:Bearer|Basic) sk-\d+$/i.test(secret) ||
    allow.some((pattern) => secret.replace(pattern, "") === "")
  );
}

/** A name before the finding may be shown if it has no digits: it is no secret itself. */
const NAME_BEFORE = /(?:^|[^\w-])([A-Za-z_-]{2,30})[\\"'\s:=/@]{1,8}(?:Bearer |Basic )?$/;

function shownFinding(
  { view, text }: ScanText,
  start: number,
  end: number,
): Pick<ScanFinding, "view" | "line" | "excerpt"> {
  const [, name] = NAME_BEFORE.exec(text.slice(Math.max(0, start - 64), start)) ?? [];
  return {
    view,
    line: text.slice(0, start).split("\n").length,
    excerpt: `${name === undefined ? "" : `after "${name}", `}${end - start} characters`,
  };
}
