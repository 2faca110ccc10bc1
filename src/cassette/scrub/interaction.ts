import type { Sanitizer } from "../../secrets/index.ts";
import { defined } from "../../util/index.ts";
import {
  CassetteError,
  type CassetteRequest,
  type CassetteResponse,
  type HeaderPair,
  type Interaction,
  type ReadSideFile,
  type Waiver,
  noSideFiles,
} from "../format/index.ts";
import { type ScrubbedBody, elementStarts, responseWithBody, scrubBody } from "./body.ts";
import { scrubRequestBody } from "./request.ts";

export interface SanitizeContext {
  /** What errors call the file, and pointers into it begin with. */
  readonly file?: string;
  readonly pointer?: string;
  readonly readSideFile?: ReadSideFile;
  /** Told, before something is looked at, how a place in that text is called: a JSON pointer. */
  readonly at?: (location: (offset: number) => string) => void;
  /** Told of side files that are not used any more: they hold a secret. */
  readonly onSideFile?: (hash: string) => void;
}

/** A secret that is learnt at the end of an exchange is looked for again in its beginning; that finds no third one. */
const MAX_PASSES = 3;

/**
 * The interaction without secrets: in target, headers, bodies, trailers, reasons, names and waivers. What holds none is
 * spelled as before; where there is none at all the very same object is given back.
 *
 * A secret that only a later exchange gives away is not known yet: sanitize again what was sanitized at a lower
 * `sanitizer.revision`.
 * @throws CassetteError if a rule of one's own took more than a string of a JSON body
 */
export function sanitizeInteraction(
  interaction: Interaction,
  sanitizer: Sanitizer,
  context: SanitizeContext = {},
): Interaction {
  let clean = interaction;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const { revision } = sanitizer;
    clean = new Pass(sanitizer, context).interaction(clean);
    if (sanitizer.revision === revision) break;
  }
  return clean;
}

/** Several interactions, each without the secrets that any of them gives away. */
export function sanitizeAll(
  interactions: readonly Interaction[],
  sanitizer: Sanitizer,
  contextOf: (index: number) => SanitizeContext = () => ({}),
): Interaction[] {
  const revisions: number[] = [];
  const once = interactions.map((interaction, i) => {
    const clean = sanitizeInteraction(interaction, sanitizer, contextOf(i));
    revisions.push(sanitizer.revision);
    return clean;
  });
  return once.map((interaction, i) =>
    revisions[i] === sanitizer.revision
      ? interaction
      : sanitizeInteraction(interaction, sanitizer, contextOf(i)),
  );
}

/** One look at everything in an interaction. */
class Pass {
  readonly #sanitizer: Sanitizer;
  readonly #context: SanitizeContext;
  readonly #readSideFile: ReadSideFile;

  constructor(sanitizer: Sanitizer, context: SanitizeContext) {
    this.#sanitizer = sanitizer;
    this.#context = context;
    this.#readSideFile = context.readSideFile ?? noSideFiles;
  }

  interaction(interaction: Interaction): Interaction {
    const { pointer = "" } = this.#context;
    const before = this.#sanitizer.replacements;
    const name = this.#text(`${pointer}/name`, interaction.name);
    const request = this.#request(interaction.request, `${pointer}/request`);
    const { response, body } = this.#response(interaction.response, `${pointer}/response`);
    for (const hash of body?.sideFiles ?? []) this.#context.onSideFile?.(hash);
    const waivers = interaction.waivers?.map((waiver, i): Waiver => ({
      pointer: movedPointer(waiver.pointer, body),
      reason: this.#text(`${pointer}/waivers/${i}/reason`, waiver.reason),
    }));
    if (this.#sanitizer.replacements === before) return interaction;
    return { ...interaction, name, request, response, ...defined({ waivers }) };
  }

  #request(request: CassetteRequest, pointer: string): CassetteRequest {
    const { method, http, headers } = request;
    this.#at(`${pointer}/target`);
    const target = this.#sanitizer.replaceTarget(request.target);
    const clean = headers?.map(([name, value], i): [string, string] => {
      this.#at(`${pointer}/headers/${i}`);
      return [name, this.#sanitizer.replaceHeader(name, value)];
    });
    try {
      const body = scrubRequestBody(request, this.#sanitizer, (at) => this.#at(pointer + at));
      return {
        method,
        target,
        ...defined({ http, headers: clean }),
        ...body,
      };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new CassetteError(
        "schema",
        { file: this.#context.file ?? "", pointer: `${pointer}/json` },
        "scrubbed, the body would be no JSON any more",
        "let the pattern of the rule match only text within one string, not JSON around it, nor a bare number; nothing was written",
      );
    }
  }

  #response(
    response: CassetteResponse,
    pointer: string,
  ): { response: CassetteResponse; body: ScrubbedBody | undefined } {
    const elements = response.body ?? [];
    let starts: number[] | undefined;
    this.#context.at?.((offset) => {
      starts ??= elementStarts(elements, this.#readSideFile);
      return `${pointer}/body/${starts.findLastIndex((start) => start <= offset)}`;
    });
    const body = scrubBody(response, this.#sanitizer, this.#readSideFile);
    const sized = responseWithBody(response, body);
    const { reason, headers, trailers, informational } = sized;
    return {
      body,
      response: {
        ...sized,
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
        ...(headers === undefined ? {} : { headers: this.#headers(headers, `${pointer}/headers`) }),
        ...(trailers === undefined ? {} : { trailers: this.#headers(trailers, `${pointer}/trailers`) }),
      },
    };
  }

  #headers(headers: readonly HeaderPair[], pointer: string): HeaderPair[] {
    return headers.map(([name, value], i) => {
      this.#at(`${pointer}/${i}`);
      return [name, value === null ? null : this.#sanitizer.replaceHeader(name, value)];
    });
  }

  #text(pointer: string, text: string): string {
    this.#at(pointer);
    return this.#sanitizer.replaceText(text);
  }

  #at(pointer: string): void {
    this.#context.at?.(() => pointer);
  }
}

/** Where a waiver points once the elements of the body have moved. */
function movedPointer(pointer: string, body: ScrubbedBody | undefined): string {
  const [, index, rest = ""] = /^\/response\/body\/(\d+)(\/.*)?$/.exec(pointer) ?? [];
  const moved = index === undefined ? undefined : body?.moved[Number(index)];
  return moved === undefined ? pointer : `/response/body/${moved}${rest}`;
}
