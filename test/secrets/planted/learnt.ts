/** Places of a secret that another place of the exchange has taught: echoes of it, in other spellings. */
import { JSON_TYPE, chat, unicode, wrapped } from "./bodies.ts";
import { CARRIERS } from "./carriers.ts";
import type { Exchange, Headers } from "./exchange.ts";
import { type Place, type Planting, place } from "./place.ts";

/** The part of a key that an error message shows: three quarters of it. */
const cut = (value: string): string => value.slice(0, Math.ceil(value.length * 0.75));
const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
/** Values that are long enough to be looked for anywhere, once they are learnt. */
const LONG = /^[\x21-\x7e]{12,}$/;

/** Values of which three quarters are still no word. */
const CUTTABLE = /^[\x21-\x7e]{20,}$/;

type Echo = readonly [id: string, spell: (value: string) => string, needle?: (value: string) => string];
const ECHOES: readonly Echo[] = [
  ["as it is", (value) => value],
  ["in upper case", (value) => value.toUpperCase(), (value) => value.toUpperCase()],
  ["in lower case", (value) => value.toLowerCase(), (value) => value.toLowerCase()],
  ["in base64", (value) => Buffer.from(`[${value}]`).toString("base64")],
  ["in base64url", (value) => Buffer.from(`k=${value}`).toString("base64url")],
  [
    "in base64 with line breaks",
    (value) => wrapped(Buffer.from(`Basic ${value}, twice ${value}`).toString("base64"), 20),
  ],
  ["in base64 twice", (value) => Buffer.from(Buffer.from(value).toString("base64")).toString("base64")],
  ["in hex", (value) => Buffer.from(value).toString("hex")],
  ["in upper-case hex", (value) => Buffer.from(value).toString("hex").toUpperCase()],
  ["percent-encoded", percent],
  ["in JSON escapes", unicode],
  ["cut", (value) => `Incorrect API key provided: ${cut(value)}... You can find your API key at /keys.`, cut],
  ["in an URL", (value) => `https://x.example.com/a/${encodeURIComponent(value)}/b`],
];

const LESSONS: readonly (readonly [id: string, headers: (value: string) => Headers])[] = [
  ["Bearer", (value) => [["Authorization", `Bearer ${value}`]]],
  ["X-Api-Key", (value) => [["X-Api-Key", value]]],
  ["Basic", (value) => [["Authorization", `Basic ${Buffer.from(`bob:${value}`).toString("base64")}`]]],
];

/** Carriers of echoes: those of answers and of one prompt. */
const ECHO_CARRIERS = CARRIERS.filter(({ id }) =>
  [
    "prompt",
    "answer",
    "streamed content",
    "streamed arguments",
    "error of an upstream",
    "streamed logprobs",
    "answer with logprobs",
    "text page",
    "plain-text stream",
  ].includes(id),
);

/** Echoes of a secret that a header of the same exchange teaches, or one of another exchange. */
export const LEARNT: readonly Place[] = LESSONS.flatMap(([lesson, headers]) =>
  ECHOES.flatMap(([echo, spell, needle]) =>
    ECHO_CARRIERS.flatMap((carrier): Place[] => {
      const echoed = ({ value, random }: Planting): Exchange =>
        carrier.plant(`echo: ${spell(value)} end`, random);
      const here = place(`learnt by ${lesson}, ${echo}`, carrier.id, "none", (planting) => {
        const exchange = echoed(planting);
        return { ...exchange, requestHeaders: [...exchange.requestHeaders, ...headers(planting.value)] };
      });
      const learnt = {
        takes: needle === cut ? CUTTABLE : LONG,
        by: "lesson" as const,
        ...(needle ? { needle } : {}),
      };
      return [
        { ...here, ...learnt },
        {
          ...here,
          ...learnt,
          form: `learnt elsewhere, ${echo}`,
          plant: echoed,
          lesson: ({ value }) => chat({ requestHeaders: [...JSON_TYPE, ...headers(value)] }),
        },
      ];
    }),
  ),
);
