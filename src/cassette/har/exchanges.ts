import { CassetteError, type Interaction } from "../format/index.ts";
import { draftOfExchange } from "../import/index.ts";
import { noAttached } from "./attached.ts";
import type { HarOptions } from "./import.ts";
import { harEntries } from "./entries.ts";
import { chooseHost, readHar } from "./read.ts";

export interface HarExchanges {
  readonly host: string;
  /** The entries as interactions, with their secrets: for the memory only. */
  readonly interactions: readonly Interaction[];
  /** When the request of each interaction was sent, in ms since the epoch. */
  readonly startedAt: readonly number[];
  /** Entries that were left out on purpose, counted by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Entries that can't be exchanges, with the reasons. */
  readonly leftOut: readonly CassetteError[];
}

/**
 * Reads all exchanges with one host, in the order of the HAR, with repetitions.
 * @throws CassetteError if it is not a HAR, or no host can be chosen
 */
export async function harExchanges(
  file: string,
  text: string,
  { host: wanted, readAttached = noAttached }: HarOptions,
): Promise<HarExchanges> {
  const har = readHar(file, text);
  const host = chooseHost(har, wanted);
  const leftOut = [...har.leftOut];
  const interactions: Interaction[] = [];
  const startedAt: number[] = [];
  const results = harEntries(har, host, readAttached);
  for (const { source, result } of results) {
    if (result instanceof CassetteError) {
      leftOut.push(result);
      continue;
    }
    // If gatetape exported the entry, it has the interaction itself.
    interactions.push(
      "exact" in result.source ? result.source.exact : await draftOfExchange(file, result.source.raw),
    );
    const started = Date.parse(String(source.entry["startedDateTime"]));
    startedAt.push(Number.isNaN(started) ? 0 : started);
  }
  const others = har.sources.length - results.length;
  return { host, interactions, startedAt, skipped: others > 0 ? { "another host": others } : {}, leftOut };
}
