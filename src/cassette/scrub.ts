import { CassetteError } from "./cassette-error.ts";
import type { ReadSideFile } from "./codec.ts";
import type { LeakRule } from "./leaks.ts";
import { checkCassette } from "./loader.ts";
import { printCassette } from "./printer.ts";
import { Pseudonyms } from "./sanitizer.ts";
import { elementStarts, scrubBody, type ScrubbedBody } from "./scrub-body.ts";
import { scrubRequestBody } from "./scrub-request.ts";
import { spreadSecrets } from "./scrub-spread.ts";
import type {
  Cassette,
  CassetteRequest,
  CassetteResponse,
  HeaderPair,
  Interaction,
  Waiver,
} from "./types.ts";

/** A secret that was replaced; its value is told nowhere. */
export interface Replacement {
  /** JSON pointer into the cassette as it was. */
  readonly pointer: string;
  readonly rule: string;
  /** What stands there now; `null` for a secret that is spread over events and stays. */
  readonly pseudonym: string | null;
}

export interface ScrubbedCassette {
  readonly cassette: Cassette;
  readonly replaced: readonly Replacement[];
  /** Secrets that only a client which joins the deltas of a stream sees: nothing of the bytes was replaced. */
  readonly spread: readonly Replacement[];
  /** Side files that hold a secret and are not used any more, by hash. */
  readonly sideFiles: readonly string[];
}

/** Replaces secrets in cassettes; the same value has the same pseudonym in all of them. */
export class Scrubber {
  readonly #pseudonyms: Pseudonyms;
  readonly #rules: readonly LeakRule[];
  #replaced: Replacement[] = [];
  #place: (at: number) => string = () => "";

  /** @param existing the texts of all the cassettes: their pseudonyms stay taken */
  constructor(rules: readonly LeakRule[], existing: string) {
    this.#rules = rules;
    this.#pseudonyms = new Pseudonyms(existing, {
      rules,
      onReplace: (rule, pseudonym, at) =>
        void this.#replaced.push({ pointer: this.#place(at), rule, pseudonym }),
    });
  }

  /** @throws CassetteError if the cassette would not load any more */
  scrub(file: string, cassette: Cassette, readSideFile: ReadSideFile): ScrubbedCassette {
    this.#replaced = [];
    const sideFiles: string[] = [];
    const title = this.#text("/about/title", cassette.about.title);
    const interactions = cassette.interactions.map((interaction, i) =>
      this.#interaction(file, interaction, `/interactions/${i}`, readSideFile, sideFiles),
    );
    const replaced = this.#replaced;
    const rules = new Set([...(cassette.about.sanitized ?? []), ...replaced.map(({ rule }) => rule)]);
    const about = {
      ...cassette.about,
      title,
      ...(rules.size > 0 ? { sanitized: [...rules].toSorted() } : {}),
    };
    const clean = replaced.length === 0 ? cassette : { ...cassette, about, interactions };
    if (replaced.length > 0) mustLoad(file, clean, readSideFile);
    const spread = interactions.flatMap((interaction, i) =>
      spreadSecrets(interaction.response, this.#rules, readSideFile).map(({ element, rule }) => ({
        pointer: `/interactions/${i}/response/body/${element}`,
        rule,
        pseudonym: null,
      })),
    );
    return {
      cassette: clean,
      replaced,
      spread,
      sideFiles,
    };
  }

  #interaction(
    file: string,
    interaction: Interaction,
    pointer: string,
    readSideFile: ReadSideFile,
    sideFiles: string[],
  ): Interaction {
    const before = this.#replaced.length;
    const name = this.#text(`${pointer}/name`, interaction.name);
    const request = this.#request(file, interaction.request, `${pointer}/request`);
    const { response, body } = this.#response(interaction.response, `${pointer}/response`, readSideFile);
    sideFiles.push(...(body?.sideFiles ?? []));
    const waivers = interaction.waivers?.map((waiver, i): Waiver => ({
      pointer: movedPointer(waiver.pointer, body),
      reason: this.#text(`${pointer}/waivers/${i}/reason`, waiver.reason),
    }));
    if (this.#replaced.length === before) return interaction;
    return { ...interaction, name, request, response, ...(waivers === undefined ? {} : { waivers }) };
  }

  #request(file: string, request: CassetteRequest, pointer: string): CassetteRequest {
    const { method, http, headers } = request;
    this.#at(`${pointer}/target`);
    const target = this.#pseudonyms.replaceTarget(request.target);
    const clean = headers?.map(([name, value], i): [string, string] => {
      this.#at(`${pointer}/headers/${i}`);
      return [name, this.#pseudonyms.replaceHeader(name, value)];
    });
    try {
      const body = scrubRequestBody(request, this.#pseudonyms, (at) => this.#at(pointer + at));
      return {
        method,
        target,
        ...(http === undefined ? {} : { http }),
        ...(clean === undefined ? {} : { headers: clean }),
        ...body,
      };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new CassetteError(
        "schema",
        { file, pointer: `${pointer}/json` },
        "scrubbed, the body would be no JSON any more",
        "let the pattern of the rule match only text within one string, not JSON around it, nor a bare number; nothing was written",
      );
    }
  }

  #response(
    response: CassetteResponse,
    pointer: string,
    readSideFile: ReadSideFile,
  ): { response: CassetteResponse; body: ScrubbedBody | undefined } {
    const elements = response.body ?? [];
    let starts: number[] | undefined;
    this.#place = (at) => {
      starts ??= elementStarts(elements, readSideFile);
      return `${pointer}/body/${starts.findLastIndex((start) => start <= at)}`;
    };
    const body = scrubBody(response, this.#pseudonyms, readSideFile);
    const { reason, headers, trailers, informational, end } = response;
    return {
      body,
      response: {
        ...response,
        ...(reason === undefined ? {} : { reason: this.#text(`${pointer}/reason`, reason) }),
        ...(informational === undefined
          ? {}
          : {
              informational: informational.map((info, i) => ({
                ...info,
                ...(info.reason === undefined
                  ? {}
                  : { reason: this.#text(`${pointer}/informational/${i}/reason`, info.reason) }),
                ...(info.headers
                  ? { headers: this.#headers(info.headers, `${pointer}/informational/${i}/headers`) }
                  : {}),
              })),
            }),
        ...(headers === undefined
          ? {}
          : { headers: sized(this.#headers(headers, `${pointer}/headers`), body) }),
        ...(trailers === undefined ? {} : { trailers: this.#headers(trailers, `${pointer}/trailers`) }),
        ...(body === undefined ? {} : { body: body.elements }),
        ...(end === undefined || !body?.waitAfter
          ? {}
          : { end: { ...end, wait: (end.wait ?? 0) + body.waitAfter } }),
      },
    };
  }

  #headers(headers: readonly HeaderPair[], pointer: string): HeaderPair[] {
    return headers.map(([name, value], i) => {
      this.#at(`${pointer}/${i}`);
      return [name, value === null ? null : this.#pseudonyms.replaceHeader(name, value)];
    });
  }

  #text(pointer: string, text: string): string {
    this.#at(pointer);
    return this.#pseudonyms.replaceText(text);
  }

  #at(pointer: string): void {
    this.#place = () => pointer;
  }
}

function mustLoad(file: string, cassette: Cassette, readSideFile: ReadSideFile): void {
  try {
    checkCassette(file, printCassette(cassette), readSideFile);
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    const { pointer } = error.place;
    throw new CassetteError(
      error.code,
      { file, ...(pointer === undefined ? {} : { pointer }) },
      `scrubbed, it would not load: ${error.reason}`,
      "let the pattern of the rule match less: only text within one string, not JSON around it; nothing was written",
    );
  }
}

/** A content-length that told the size of the body is computed from now on; another one was meant to be wrong. */
function sized(headers: readonly HeaderPair[], body: ScrubbedBody | undefined): readonly HeaderPair[] {
  if (body === undefined) return headers;
  return headers.map(([name, value]): HeaderPair =>
    name.toLowerCase() === "content-length" && value === String(body.sizeBefore)
      ? [name, null]
      : [name, value],
  );
}

/** Where a waiver points once the elements of the body have moved. */
function movedPointer(pointer: string, body: ScrubbedBody | undefined): string {
  const [, index, rest = ""] = /^\/response\/body\/(\d+)(\/.*)?$/.exec(pointer) ?? [];
  const moved = index === undefined ? undefined : body?.moved[Number(index)];
  return moved === undefined ? pointer : `/response/body/${moved}${rest}`;
}
