import { formatPointer, parsePointer } from "../../util/index.ts";

/** Names of members that a message may show: words, with a digit or two. */
const WORD = /^(?=[\p{L}_])(?!(?:.*\d){3})[\p{L}\d_-]{1,40}$/u;
const INDEX = /^\d{1,7}$/;

/** A JSON pointer for a message. A member's name may be a secret itself: where it is no word a `*` stands for it. */
export function shownPointer(pointer: string): string {
  return formatPointer(
    parsePointer(pointer).map((segment) => (INDEX.test(segment) || WORD.test(segment) ? segment : "*")),
  );
}
