import type { Random } from "../../../util/index.ts";
import type { Hints } from "./hints.ts";
import { uuid } from "./named.ts";

const two = (n: number): string => String(n).padStart(2, "0");
const date = ({ dates }: Hints, random: Random): string =>
  dates[0] ?? `2026-${two(1 + random.int(12))}-${two(1 + random.int(28))}`;
const time = (random: Random): string => `${two(8 + random.int(12))}:${two(random.int(60))}:00`;

const FORMATS: Readonly<Record<string, (hints: Hints, random: Random) => string>> = {
  "date-time": (hints, random) => `${date(hints, random)}T${time(random)}Z`,
  date,
  time: (_, random) => `${time(random)}Z`,
  duration: (_, random) => `P${1 + random.int(27)}D`,
  email: ({ emails }) => emails[0] ?? "camille.martin@example.org",
  "idn-email": ({ emails }) => emails[0] ?? "camille.martin@example.org",
  hostname: (_, random) => `host-${1 + random.int(99)}.example.org`,
  "idn-hostname": () => "example.org",
  ipv4: (_, random) => `192.0.2.${1 + random.int(254)}`,
  ipv6: (_, random) => `2001:db8::${(1 + random.int(0xfffe)).toString(16)}`,
  uuid: (_, random) => uuid(random),
  uri: ({ urls }) => urls[0] ?? "https://example.org/",
  iri: ({ urls }) => urls[0] ?? "https://example.org/",
  "uri-reference": () => "/index.html",
  "json-pointer": () => "/items/0",
  regex: () => "^[a-z]+$",
};

/** Makes a string of a JSON Schema format; `undefined` for unknown formats. */
export function formatted(format: string, hints: Hints, random: Random): string | undefined {
  return FORMATS[format]?.(hints, random);
}
