import type { Topic } from "./topic.ts";
import { folded } from "./vectors.ts";

/** Capitals, since first tries and many client tests use this question. */
const CAPITALS: Readonly<Record<string, string>> = {
  france: "Paris",
  germany: "Berlin",
  allemagne: "Berlin",
  italy: "Rome",
  italie: "Rome",
  spain: "Madrid",
  espagne: "Madrid",
  portugal: "Lisbon",
  belgium: "Brussels",
  belgique: "Bruxelles",
  switzerland: "Bern",
  suisse: "Berne",
  luxembourg: "Luxembourg",
  netherlands: "Amsterdam",
  "pays-bas": "Amsterdam",
  austria: "Vienna",
  autriche: "Vienne",
  poland: "Warsaw",
  pologne: "Varsovie",
  england: "London",
  angleterre: "Londres",
  "united kingdom": "London",
  "royaume-uni": "Londres",
  ireland: "Dublin",
  irlande: "Dublin",
  japan: "Tokyo",
  japon: "Tokyo",
  canada: "Ottawa",
  "united states": "Washington",
  "etats-unis": "Washington",
};

const CAPITAL = /\bcapitale?(?: city)? (?:of |de |du |des |d['’])(?:the |la |l['’])?([\p{L} -]+)$/u;
const SUM = /^(-?\d{1,9}) ?([-+*x×]) ?(-?\d{1,9})$/u;

/** Sentence with the known answer to a question about a capital or a sum; `undefined` for all other topics. */
export function factOn({ phrase, language }: Topic): string | undefined {
  const country = CAPITAL.exec(folded(phrase))?.[1];
  const capital = country === undefined ? undefined : CAPITALS[country];
  if (capital !== undefined)
    return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)} ${language === "fr" ? "est" : "is"} ${capital}.`;
  const [, a, sign, b] = SUM.exec(phrase) ?? [];
  if (a === undefined || b === undefined) return undefined;
  const result =
    sign === "+" ? Number(a) + Number(b) : sign === "-" ? Number(a) - Number(b) : Number(a) * Number(b);
  return `${a} ${sign} ${b} = ${result}`;
}
