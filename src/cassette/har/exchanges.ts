import type { Interaction } from "../format/index.ts";
import { draftOfExchange } from "../import/index.ts";
import { exactInteraction } from "./gatetape.ts";
import { rawExchangeOf } from "./raw.ts";
import { chooseHost, readHar } from "./read.ts";

export interface HarExchanges {
  readonly host: string;
  /** The entries as interactions, with their secrets: for the memory only. */
  readonly interactions: readonly Interaction[];
  /** When the request of each interaction was sent, in ms since the epoch. */
  readonly startedAt: readonly number[];
  /** Entries that were left out, counted by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/**
 * Reads all exchanges with one host, in the order of the HAR, with repetitions.
 * @throws CassetteError if it is not a HAR, or an entry contradicts itself
 */
export async function harExchanges(
  file: string,
  text: string,
  wanted: string | undefined,
): Promise<HarExchanges> {
  const har = readHar(file, text);
  const host = chooseHost(har, wanted);
  const skipped: Record<string, number> = {};
  const interactions: Interaction[] = [];
  const startedAt: number[] = [];
  for (const source of har.sources) {
    const made = source.host === host ? rawExchangeOf(source, source.pointer, har.fail, []) : "another host";
    if (typeof made === "string") {
      skipped[made] = (skipped[made] ?? 0) + 1;
      continue;
    }
    const exact = exactInteraction(source, har.fail);
    const started = Date.parse(String(source.entry["startedDateTime"]));
    // If gatetape exported the entry, it has the interaction itself.
    interactions.push(typeof exact === "object" ? exact : await draftOfExchange(file, made));
    startedAt.push(Number.isNaN(started) ? 0 : started);
  }
  return { host, interactions, startedAt, skipped };
}
