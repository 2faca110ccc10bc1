import type { Answer } from "../../../exchange/index.ts";
import { generationOf } from "../../../ogl/index.ts";
import { isObject } from "../../../util/index.ts";
import { digestOf, synthesized } from "../base/index.ts";
import { answered } from "../chat/index.ts";
import { findHints, makeStructured } from "../schema/index.ts";
import { detectLanguage } from "../text/index.ts";
import { type ReadDocument, readPages, unreachedDocument, uploadOfDataUrl } from "./document.ts";
import { PICTURE } from "./picture.ts";
import { type Fields, type MediaRequest, mediaFields, freeUsage, textField } from "./request.ts";

/** Size of a page as OCR sees it: letter paper at 200 dots per inch. */
const DIMENSIONS = { dpi: 200, height: 2200, width: 1700 };
/** Side of the picture on a made-up document's first page, in pixels. */
const PICTURE_SIDE = 400;
const PICTURE_AT = { x: 150, y: 1600 };

/**
 * Makes the answer of an OCR: the document's own text if it has one, else made-up pages that are the same for the same
 * document.
 *
 * @returns `undefined` if the model is none that reads pictures
 */
export function ocr(request: MediaRequest): Answer | undefined {
  const { ogl, state, exchange } = request;
  const fields = mediaFields(request);
  const name = textField(fields["model"]);
  if (state.routerOf(name, exchange.session)?.model.type !== "image-to-text") return undefined;
  const wanted = Array.isArray(fields["pages"]) ? fields["pages"].map(Number) : undefined;
  const document = documentOf(fields, wanted);
  const digest = digestOf(name, fields).slice(0, 32);
  const pages = document.pages
    .map((markdown, index) => ocrPage(markdown, index, document, fields))
    .filter(({ index }) => wanted === undefined || wanted.includes(index));
  return answered(
    {
      document_annotation: annotationOf(fields["document_annotation_format"], document, digest),
      id: generationOf(ogl).reprintsAnswers ? digest : `request-${digest}`,
      model: name,
      pages,
      usage: freeUsage(ogl, 1),
      usage_info: { doc_size_bytes: document.bytes, pages_processed: pages.length },
    },
    synthesized(document.madeUp ? "made-up pages of a document" : "the text of the document"),
  );
}

/** The document of a request. A picture has one page; no URL but a data URL is read. */
function documentOf({ document }: Fields, wanted: readonly number[] | undefined): ReadDocument {
  const given = isObject(document) ? document : {};
  const { document_url: documentUrl, image_url: image, document_name: documentName } = given;
  const url =
    textField(documentUrl) || textField(image) || textField(isObject(image) ? image["url"] : undefined);
  const upload = uploadOfDataUrl(url, textField(documentName));
  if (upload !== undefined) return readPages(upload);
  if (documentUrl === undefined) return unreachedDocument(url, 1);
  const last = wanted === undefined || wanted.length === 0 ? undefined : Math.max(...wanted);
  return unreachedDocument(url, last === undefined ? undefined : Math.min(MAX_PAGES, last + 1));
}

const MAX_PAGES = 1000;

interface Page {
  readonly dimensions: object;
  readonly images: readonly object[];
  readonly index: number;
  readonly markdown: string;
}

function ocrPage(markdown: string, index: number, { madeUp }: ReadDocument, fields: Fields): Page {
  const hasPicture = madeUp && index === 0 && takesPicture(fields);
  const images = hasPicture ? [pictureOf(fields)] : [];
  const shown = images.map(({ id }) => `\n\n![${id}](${id})`).join("");
  return { dimensions: DIMENSIONS, images, index, markdown: markdown + shown };
}

function takesPicture({ image_limit: limit, image_min_size: size }: Fields): boolean {
  return (typeof limit !== "number" || limit > 0) && (typeof size !== "number" || size <= PICTURE_SIDE);
}

interface Picture {
  readonly id: string;
  readonly [member: string]: unknown;
}

function pictureOf({ include_image_base64: included, bbox_annotation_format: format }: Fields): Picture {
  const about = { pages: ["picture"], bytes: 0, madeUp: true };
  return {
    bottom_right_x: PICTURE_AT.x + PICTURE_SIDE,
    bottom_right_y: PICTURE_AT.y + PICTURE_SIDE,
    id: "img-0.jpeg",
    image_annotation: annotationOf(format, about, digestOf(format)),
    image_base64: included === true ? PICTURE : null,
    top_left_x: PICTURE_AT.x,
    top_left_y: PICTURE_AT.y,
  };
}

/** JSON of the form that an annotation was asked for; `null` if none was. */
function annotationOf(format: unknown, { pages }: ReadDocument, seed: string): string | null {
  const { type, json_schema: given } = isObject(format) ? format : {};
  if (type !== "json_schema" && type !== "json_object") return null;
  const { schema_definition: schema } = isObject(given) ? given : {};
  const [first = ""] = pages;
  const title = /^#+ (.*)$/m.exec(first)?.[1] ?? "";
  if (type === "json_object" || schema === undefined) return JSON.stringify({ title });
  const hints = findHints(first, title, detectLanguage([first]), title);
  return JSON.stringify(makeStructured(schema, hints, seed, false).value);
}
