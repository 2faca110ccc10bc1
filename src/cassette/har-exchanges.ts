import { exactInteraction } from "./har-gatetape.ts";
import { rawExchangeOf } from "./har-raw.ts";
import { chooseHost, readHar } from "./har-read.ts";
import type { RawExchange } from "./importer.ts";
import type { Interaction } from "./types.ts";

/** An entry of a HAR as an exchange, with its secrets: for the memory only. */
export interface HarExchangeEntry {
  readonly raw: RawExchange;
  /** The interaction that it was made of, if gatetape exported it. */
  readonly exact?: Interaction;
  /** When the request was sent, in ms since the epoch. */
  readonly startedAt: number;
}

export interface HarExchanges {
  readonly host: string;
  readonly exchanges: readonly HarExchangeEntry[];
  /** Entries that were left out, counted by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/**
 * All exchanges with one host, in the order of the HAR, repeats and all.
 * @throws CassetteError if it is no HAR, or an entry contradicts itself
 */
export function harExchanges(file: string, text: string, wanted: string | undefined): HarExchanges {
  const har = readHar(file, text);
  const host = chooseHost(har, wanted);
  const skipped: Record<string, number> = {};
  const exchanges: HarExchangeEntry[] = [];
  for (const source of har.sources) {
    const made = source.host === host ? rawExchangeOf(source, source.pointer, har.fail) : "another host";
    if (typeof made === "string") {
      skipped[made] = (skipped[made] ?? 0) + 1;
      continue;
    }
    const exact = exactInteraction(source, har.fail);
    const started = Date.parse(String(source.entry["startedDateTime"]));
    exchanges.push({
      raw: made.exchange,
      ...(typeof exact === "object" ? { exact } : {}),
      startedAt: Number.isNaN(started) ? 0 : started,
    });
  }
  return { host, exchanges, skipped };
}
