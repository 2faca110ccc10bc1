/** A form in which a text says a secret, and what writers of forms share. */
import type { Random } from "../../../support/random.ts";
import type { Name, Spelling } from "../names.ts";

/** What a form says: the name as it is spelled there, and the value. */
export interface Said {
  readonly name: string;
  readonly value: string;
  readonly random: Random;
}

export interface Form {
  readonly id: string;
  readonly spelling: Spelling;
  /** Values that the form can hold. @default values of one line */
  readonly takes?: RegExp;
  /** Languages of names that prose takes. */
  readonly languages?: readonly Name["language"][];
  /** The form says by itself that a password stands there, so that it needs no name. */
  readonly names?: "itself";
  write(said: Said): string;
}

const ONE_LINE = /^[^\r\n]+$/;
/** Values that need no quotes in a shell, in YAML or in a table. */
export const PLAIN: RegExp = /^[\w.~+/=:@%-]+$/;
/** Values that a user may have in a URL without escapes. */
export const UNRESERVED: RegExp = /^[\w.~-]+$/;

/** A value as a shell takes it. */
export const shell = (value: string): string =>
  PLAIN.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
/** A text within XML. */
export const xml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
/** A name that XML and programs take. */
export const element = (name: string): string => name.replaceAll(/[^\p{L}\d_.-]/gu, "");
/** A text that begins with a capital letter. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Makes a form. */
export const form = (
  id: string,
  spelling: Spelling,
  write: Form["write"],
  more: Partial<Form> = {},
): Form => ({
  id,
  spelling,
  takes: ONE_LINE,
  write,
  ...more,
});
/** Makes a form that needs no name. */
export const itself = (id: string, write: Form["write"], takes: RegExp = ONE_LINE): Form =>
  form(id, "none", write, { names: "itself", takes });
