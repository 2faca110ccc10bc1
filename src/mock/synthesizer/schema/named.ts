import { type Random, capital } from "../../../util/index.ts";
import type { Hints } from "./hints.ts";

type Maker<T> = (hints: Hints, random: Random) => T | undefined;

const PEOPLE = ["Camille", "Louise", "Hugo", "Nadia", "Paul", "Inès"] as const;
const FAMILIES = ["Martin", "Bernard", "Petit", "Moreau", "Lefebvre", "Garcia"] as const;
const CITIES = ["Paris", "Lyon", "Marseille", "Nantes", "Lille", "Toulouse"] as const;
const COLORS = ["blue", "green", "red", "yellow"] as const;

const word: Maker<string> = ({ keywords }, random) =>
  keywords.length > 0 ? random.pick(keywords) : undefined;
const always =
  (text: string): Maker<string> =>
  () =>
    text;

/** Strings by member name; the first match is used. Names are matched in lower case with separate words. */
const STRINGS: readonly (readonly [RegExp, Maker<string>])[] = [
  [/\be ?mail\b/, ({ emails }) => emails[0] ?? "camille.martin@example.org"],
  [/\b(?:url|uri|link|website|lien|site)\b/, ({ urls }) => urls[0] ?? "https://example.org/"],
  [/\b(?:first|given) name\b|\bprenom\b/, (_, random) => random.pick(PEOPLE)],
  [/\b(?:last|family) name\b|\bsurname\b|\bnom de famille\b/, (_, random) => random.pick(FAMILIES)],
  [
    /\b(?:city|town|location|place|destination|origin|ville|lieu|commune)\b/,
    ({ names }, random) => names[0] ?? random.pick(CITIES),
  ],
  [/\b(?:country|nation|pays)\b/, ({ names }) => names[0] ?? "France"],
  [/\b(?:address|street|adresse|rue)\b/, always("20 avenue de Ségur, 75007 Paris")],
  [/\b(?:zip|postal|postcode|code postal)\b/, always("75007")],
  [/\b(?:phone|telephone|mobile|tel)\b/, always("+33123456789")],
  [/\b(?:uuid|guid)\b/, (_, random) => uuid(random)],
  [/\b(?:id|identifier|identifiant|key|ref|reference)\b/, (_, random) => `id-${1000 + random.int(9000)}`],
  [
    /\b(?:date time|datetime|timestamp|created at|updated at)\b/,
    ({ dates }) => `${dates[0] ?? "2026-11-21"}T09:30:00Z`,
  ],
  [/\b(?:date|day|jour|birthday|deadline)\b/, ({ dates }) => dates[0] ?? "2026-11-21"],
  [/\b(?:time|hour|heure)\b/, always("09:30:00")],
  [/\b(?:language|lang|locale|langue)\b/, ({ language }) => language],
  [/\b(?:currency|devise)\b/, always("EUR")],
  [/\b(?:unit|units|unite)\b/, always("celsius")],
  [/\b(?:color|colour|couleur)\b/, (_, random) => random.pick(COLORS)],
  [/\b(?:sentiment)\b/, always("positive")],
  [/\b(?:status|state|statut)\b/, always("active")],
  [/\b(?:path|file|filename|fichier)\b/, always("notes.txt")],
  [/\b(?:expression|formula|calculation|calcul)\b/, ({ prompt }) => arithmeticIn(prompt) ?? "2 + 2"],
  [
    /\b(?:query|question|search|q|prompt|requete|recherche|topic|subject|sujet|theme)\b/,
    ({ topic }) => topic || undefined,
  ],
  [
    /\b(?:name|author|person|user|nom|auteur|personne|company|organization|organisation)\b/,
    ({ names }, random) => names[0] ?? `${random.pick(PEOPLE)} ${random.pick(FAMILIES)}`,
  ],
  [/\b(?:title|titre|heading|headline)\b/, ({ topic }) => (topic === "" ? undefined : capital(topic))],
  [
    /\b(?:category|type|kind|tag|tags|label|labels|keyword|keywords|item|items|word|words|categorie|motcle|etiquette)\b/,
    word,
  ],
  [
    /\b(?:description|summary|reason|reasoning|explanation|comment|content|text|message|answer|response|reply|note|notes|details|steps?|output|thought|resume|reponse|raison|explication|contenu|texte)\b/,
    ({ sentence }) => sentence,
  ],
];

/** Numbers by member name. */
const NUMBERS: readonly (readonly [RegExp, Maker<number>])[] = [
  [
    /\b(?:confidence|probability|ratio|score|weight|similarity|confiance|probabilite)\b/,
    (_, random) => (50 + random.int(50)) / 100,
  ],
  [/\b(?:percent|percentage|pourcentage)\b/, (_, random) => 10 + random.int(90)],
  [/\b(?:age)\b/, ({ numbers }, random) => numbers[0] ?? 20 + random.int(50)],
  [/\b(?:year|annee)\b/, ({ numbers }) => numbers.find((n) => n > 1000 && n < 3000) ?? 2026],
  [/\b(?:month|mois)\b/, (_, random) => 1 + random.int(12)],
  [/\b(?:day|jour)\b/, (_, random) => 1 + random.int(28)],
  [/\b(?:latitude|lat)\b/, () => 48.8566],
  [/\b(?:longitude|lon|lng)\b/, () => 2.3522],
  [/\b(?:rating|stars|note)\b/, (_, random) => 1 + random.int(5)],
  [
    /\b(?:price|cost|amount|total|prix|montant|cout)\b/,
    ({ numbers }, random) => numbers[0] ?? (100 + random.int(9900)) / 100,
  ],
  [/\b(?:temperature|temp|degrees)\b/, (_, random) => 5 + random.int(25)],
];

/** Makes a string that suits a name; `undefined` if the name gives no hint. */
export function namedString(name: string, hints: Hints, random: Random): string | undefined {
  return make(STRINGS, name, hints, random);
}

/** Makes a number that suits a name; `undefined` if the name gives no hint. */
export function namedNumber(name: string, hints: Hints, random: Random): number | undefined {
  return make(NUMBERS, name, hints, random);
}

function make<T>(
  table: readonly (readonly [RegExp, Maker<T>])[],
  name: string,
  hints: Hints,
  random: Random,
): T | undefined {
  const spelled = spellName(name);
  return table.find(([pattern]) => pattern.test(spelled))?.[1](hints, random);
}

/** Splits a name into lower-case words: `createdAt` and `created_at` become `created at`. */
function spellName(name: string): string {
  return name
    .replaceAll(/(?<=[\p{Ll}\d])(?=\p{Lu})|[_\-.]/gu, " ")
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "");
}

/** Makes a version 4 UUID from the seeded random numbers. */
export function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.int(16).toString(16)).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function arithmeticIn(prompt: string): string | undefined {
  return /-?\d+(?:\.\d+)?(?:\s*[-+*/x×]\s*-?\d+(?:\.\d+)?)+/.exec(prompt)?.[0].trim();
}
