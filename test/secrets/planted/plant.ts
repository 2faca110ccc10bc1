/** Secrets planted in exchanges: names, kinds of values and places drawn with a seed. */
import { Random } from "../../support/random.ts";
import type { Exchange } from "./exchange.ts";
import { type Name, NAMES, labelOf, spelled } from "./names.ts";
import type { Place } from "./place.ts";
import { GROUPS } from "./places.ts";
import { type Kind, KINDS } from "./values/values.ts";

export interface Plant {
  /** Unique in a run; it stands in the target, so that the exchange is found again. */
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly form: string;
  readonly carrier: string;
  readonly value: string;
  /** The text to look for: the value, or the part of it that was planted. */
  readonly needle: string;
  /** The name as it was spelled. */
  readonly as: string;
  readonly exchange: Exchange;
  /** Another exchange that teaches the secret, before or after it. */
  readonly lesson?: { readonly when: "before" | "after"; readonly exchange: Exchange };
}

/** An exchange by a name that is unique in a run. */
export interface Sent {
  readonly id: string;
  readonly exchange: Exchange;
}

/** All exchanges of plants, in the order in which they are sent. */
export const sentOf = (planted: readonly Plant[]): Sent[] =>
  planted.flatMap((plant): Sent[] => {
    const { id, exchange, lesson } = plant;
    if (lesson === undefined) return [plant];
    const taught = { id: `${id}-lesson`, exchange: lesson.exchange };
    return lesson.when === "before" ? [taught, { id, exchange }] : [{ id, exchange }, taught];
  });

/** Places that each name gets with each kind of value, in one round. */
const PLACES = 12;

const ASCII = /^[\x21-\x7e]+$/;

/** Whether the name may stand there, with such a value. */
export function fits({ says, header, language, words }: Name, kind: Kind, place: Place): boolean {
  if (place.random === true && !kind.random) return false;
  if (place.by === "value") return kind.tells;
  if (place.by !== "name") return true;
  if (header !== undefined) return place.spelling === "header";
  if (place.spelling !== "member" && place.spelling !== "words" && !ASCII.test(words.join(""))) return false;
  if (place.languages !== undefined && !place.languages.includes(language)) return false;
  if (says === "sure" || place.spelling === "header") return true;
  if (place.strict) return kind.random;
  return says === "likely" && place.spelling === "member" && kind.random;
}

/** Plants of a whole round, at most: a few combinations have no place. */
export const ROUND: number = NAMES.length * kindsFor(0, 0).length * PLACES;

/** Kinds whose values tell by themselves stand for one: each name gets another of them. */
function kindsFor(i: number, round: number): readonly Kind[] {
  const plain = KINDS.filter(({ tells }) => !tells);
  const telling = KINDS.filter(({ tells }) => tells);
  return [
    ...plain,
    ...[0, 1].map((k) => telling[(2 * i + k + round * 17) % telling.length] ?? telling[0]),
  ].filter((kind) => kind !== undefined);
}

/**
 * Plants made with a seed. In one round each name meets eleven kinds of values, in twelve places each.
 *
 * @param share the part of a round that is taken, from 0 to 1; it is spread over all names, kinds and groups of places
 */
export function plants(seed: number, rounds: number, share = 1): Plant[] {
  const random = new Random(seed);
  const result: Plant[] = [];
  for (let round = 0; round < rounds; round++)
    for (const [i, name] of NAMES.entries())
      for (const kind of kindsFor(i, round))
        for (let n = 0; n < PLACES; n++) {
          if (random.next() >= share) continue;
          const made = plantOne(`p${result.length}`, name, kind, random);
          if (made) result.push(made);
        }
  return result;
}

/** Draws a place that takes name and value. */
function plantOne(id: string, name: Name, kind: Kind, random: Random): Plant | undefined {
  for (let tries = 0; tries < 60; tries++) {
    const place = random.pick(random.pick(GROUPS));
    if (!fits(name, kind, place)) continue;
    const value = kind.make(random);
    if (!place.takes.test(value)) continue;
    const as = spelled(name, place.spelling, random);
    const planting = { name: as, value, random };
    const lesson = place.lesson?.(planting);
    return {
      id,
      name: place.by === "name" ? labelOf(name) : `(${place.by})`,
      kind: kind.id,
      form: place.form,
      carrier: place.carrier,
      value,
      needle: place.needle?.(value) ?? value,
      as,
      exchange: marked(place.plant(planting), id),
      ...(lesson
        ? { lesson: { when: random.pick(["before", "after"]), exchange: marked(lesson, `${id}-lesson`) } }
        : {}),
    };
  }
  return undefined;
}

/** The exchange with its id in its target. */
function marked(exchange: Exchange, id: string): Exchange {
  const { target } = exchange;
  return { ...exchange, target: `${target}${target.includes("?") ? "&" : "?"}case=${id}` };
}
