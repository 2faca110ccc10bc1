import {
  BLOB_REFERENCE,
  DEFAULT_RULES,
  FAMILIES,
  FILLER_START,
  findSecrets,
  randomRuns,
  readable,
} from "../../secrets/index.ts";
import { allMatches, hasRun, lettersOf } from "../../util/index.ts";

/** A secret or a pseudonym in a text, with the form that is compared. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly redactedForm: string;
  /** True for binary content, which is compared by its hash and stands for nothing else. */
  readonly blob?: boolean;
}

/** Secrets and pseudonyms of a text, in order and without overlap. */
export function marksOf(text: string): readonly Mark[] {
  const marks = [...pseudonymMarks(text), ...secretsIn(text), ...randomMarks(text), ...referenceMarks(text)];
  if (marks.length < 2) return marks;
  let end = 0;
  return marks
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .filter((mark) => {
      // An apparent pseudonym within a secret is part of the secret.
      if (mark.start < end) return false;
      ({ end } = mark);
      return true;
    });
}

/** Secrets in a text, and the large blobs that cassettes replace by their hash. */
function secretsIn(text: string): Mark[] {
  return findSecrets(text, DEFAULT_RULES).flatMap(({ ranges, family, by }) =>
    ranges.map(({ start, end }): Mark => ({
      start,
      end,
      redactedForm: by === undefined ? redactedName(family.redactedForm) : blobForm(by),
      blob: by !== undefined,
    })),
  );
}

/** Texts that only their look tells. They are replaced in recordings too. */
function randomMarks(text: string): Mark[] {
  const redactedForm = redactedName(FAMILIES.secret.redactedForm);
  return [...randomRuns(text)].map(({ start, end }) => ({ start, end, redactedForm }));
}

/** References to binary content that was left out. */
function referenceMarks(text: string): Mark[] {
  if (!text.includes(";sha256=")) return [];
  return allMatches(BLOB_REFERENCE, text).map(({ start, end }): Mark => ({
    start,
    end,
    redactedForm: blobForm(text.slice(start, end)),
    blob: true,
  }));
}

/** The form of binary content: its hash and size. The type is what a client says, and bare base64 has none. */
function blobForm(reference: string): string {
  const hash = reference.indexOf("sha256=");
  return hash === -1 ? reference : redactedName(reference.slice(hash));
}

/** Letters of base64, and the number of them that are binary content in a data URL. */
const BASE64 = { isLetter: lettersOf(/[\w+/]/), least: 64 };

/** True if a text holds binary content as base64, which may be spelled in another way. */
export function hasBlob(text: string): boolean {
  return hasRun(text, BASE64.least, BASE64.isLetter) && secretsIn(text).some(({ blob = false }) => blob);
}

function pseudonymMarks(text: string): Mark[] {
  if (!PSEUDONYM_HINT.test(text)) return [];
  const view = readable(text);
  return DEFAULT_RULES.families.flatMap(({ pattern, redactedForm }) =>
    allMatches(pattern, view.text).map(({ start, end }): Mark => ({
      ...view.locate(start, end),
      redactedForm: redactedName(redactedForm),
    })),
  );
}

/** Texts of which every pseudonym contains one, and escapes that may spell them. */
const PSEUDONYM_HINT = /\\|-\d|192\.0\.2|198\.|203\.0\.113|2001:db8/;

function redactedName(redactedForm: string): string {
  return `\0${redactedForm}\0`;
}

/** A text with each secret and each pseudonym replaced by the name of its kind. */
export function redactedFormOf(text: string): string {
  let reduced = "";
  let from = 0;
  for (const { start, end, redactedForm } of marksOf(text)) {
    reduced += text.slice(from, start) + redactedForm;
    from = end;
  }
  return from === 0 ? text : reduced + text.slice(from);
}

/** True if a text of a cassette contains pseudonyms, or references to omitted content. */
export function hasPseudonym(text: string): boolean {
  if (text.includes(FILLER_START)) return true;
  return hasReference(text) || pseudonymMarks(text).length > 0;
}

/** True if a text of a cassette contains references to omitted content. */
export function hasReference(text: string): boolean {
  return text.includes(";sha256=") && text.search(BLOB_REFERENCE) !== -1;
}
