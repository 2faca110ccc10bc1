import { holds } from "../../util/index.ts";
import { type About, type Interaction, schemaProblem } from "../format/index.ts";
import { harEntryOf } from "./entry.ts";
import type { HarFile, HarSource } from "./read.ts";

const ANY_ABOUT: About = { title: "", origin: "written", ogl: "0.4.5" };

/**
 * The interaction that an entry was made of, if gatetape made it and nobody changed the entry since.
 * @throws CassetteError if `_gatetape` does not hold an interaction
 */
export function exactInteraction(
  source: HarSource,
  fail: HarFile["fail"],
): Interaction | "edited" | undefined {
  if (source.exact === undefined) return undefined;
  const pointer = `${source.pointer}/_gatetape/interaction`;
  const fix = "take _gatetape out of the entry, then what the HAR itself says is imported";
  const wrong = schemaProblem({ cassette: 1, about: ANY_ABOUT, interactions: [source.exact] });
  if (wrong !== undefined)
    throw fail(
      pointer + wrong.pointer.replace("/interactions/0", ""),
      `no interaction: ${wrong.message}`,
      fix,
    );
  const interaction = source.exact as Interaction;
  if (interaction.response.body?.some((element) => element.file !== undefined))
    throw fail(pointer, "names a side file, which a HAR has not", fix);
  const started = Date.parse(String(source.entry["startedDateTime"]));
  if (Number.isNaN(started)) return "edited";
  const { request, response } = harEntryOf(interaction, source.origin, started);
  const same = holds(plainNumbers(request), source.request) && holds(plainNumbers(response), source.response);
  return same ? interaction : "edited";
}

/** The `about` of the cassette that a HAR was exported from, if it is valid. */
export function exactAbout(about: unknown): About | undefined {
  return schemaProblem({ cassette: 1, about, interactions: [] }) === undefined ? (about as About) : undefined;
}

/** The value as it is after being printed and parsed. */
function plainNumbers(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
