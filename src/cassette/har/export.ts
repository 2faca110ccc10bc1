import {
  type BodyElement,
  type Cassette,
  type Interaction,
  type ReadSideFile,
  decodeBody,
  encodeElement,
} from "../format/index.ts";
import { harEntryOf } from "./entry.ts";
import type { Har, HarEntry } from "./types.ts";

export interface HarExportOptions {
  /** Scheme and host of the URLs, which a cassette does not store. */
  readonly base: string;
  /** The version of gatetape. */
  readonly version: string;
}

const COMMENT =
  "Made of a gatetape cassette. `_gatetape` holds its exact writes and waits; gatetape cassette import reads them.";

/** Exports a cassette as HTTP Archive 1.2. Importing it gives the same cassette, but with side files inlined. */
export function exportHar(cassette: Cassette, readSideFile: ReadSideFile, options: HarExportOptions): Har {
  const { about, interactions } = cassette;
  // Entries come one after another; when the first began is known to the day at best.
  const recorded = Date.parse(about.recordedAt ?? "");
  let started = Number.isNaN(recorded) ? 0 : recorded;
  const entries = interactions.map((interaction): HarEntry => {
    const entry = harEntryOf(withoutSideFiles(interaction, readSideFile), options.base, started);
    started += entry.time;
    return entry;
  });
  return {
    log: {
      version: "1.2",
      creator: { name: "gatetape", version: options.version },
      pages: [],
      entries,
      comment: COMMENT,
      _gatetape: { cassette: 1, about },
    },
  };
}

function withoutSideFiles(interaction: Interaction, readSideFile: ReadSideFile): Interaction {
  const { response } = interaction;
  if (!response.body?.some((element) => element.file !== undefined)) return interaction;
  const body = response.body.flatMap((element): BodyElement[] => {
    if (element.file === undefined) return [element];
    const { file: _, ...rest } = element;
    const spelled = decodeBody([{ wait: 0, bytes: encodeElement(element, readSideFile) }], "other");
    return spelled.map(({ wait: _wait, ...bytes }, i) => (i === 0 ? { ...rest, ...bytes } : bytes));
  });
  return { ...interaction, response: { ...response, body } };
}
