import { Refusal } from "../../../../asgi/index.ts";
import { entities } from "../../../../util/index.ts";

/** An upload, as FastAPI hands it on. */
export interface Upload {
  readonly filename: string;
  readonly content: Uint8Array;
  readonly headers: readonly (readonly [string, string])[];
}

/** Largest upload, in bytes. */
export const MAX_UPLOAD = 20_971_520;

type Kind = "text" | "markdown" | "html" | "pdf";

const BY_EXTENSION: Readonly<Record<string, Kind>> = {
  txt: "text",
  text: "text",
  md: "markdown",
  markdown: "markdown",
  html: "html",
  htm: "html",
  pdf: "pdf",
};

const ANY = "application/octet-stream";
/** Content types that a kind may have (read in OGL's source). */
const TYPES: Readonly<Record<Kind, readonly string[]>> = {
  text: ["text/plain", "text/txt", ANY],
  markdown: ["text/markdown", "text/x-markdown", "text/plain", "application/markdown", ANY],
  html: ["text/html", "text/plain", "application/html", ANY],
  pdf: ["application/pdf", ANY],
};
/** Kinds in the order in which a content type without a known extension is looked for. */
const BY_TYPE: readonly Kind[] = ["text", "markdown", "html", "pdf"];

/**
 * The kind of an upload by its extension, which must fit the content type; without a known extension by the content type alone.
 * One with parameters counts as unknown (observed on 0.4.1: documents-16 to -29).
 */
export function kindOfUpload({ filename, headers }: Upload): Kind | undefined {
  const type = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const extension = /[^/]\.([^./]+)$/.exec(filename)?.[1]?.toLowerCase() ?? "";
  const kind = BY_EXTENSION[extension];
  if (kind !== undefined) return TYPES[kind].includes(type) ? kind : undefined;
  return type === ANY ? undefined : BY_TYPE.find((each) => TYPES[each].includes(type));
}

/** OGL's words for an upload that is too large. */
export const UPLOAD_TOO_LARGE: string = `File size limit exceeded (max: ${MAX_UPLOAD} bytes).`;

/** Raises OGL's refusal of an upload that is too large. */
export function checkUploadSize({ content }: Upload): void {
  if (content.length > MAX_UPLOAD) throw new Refusal(413, UPLOAD_TOO_LARGE);
}

/** Reads the text of an upload. @param pdfText the text of a PDF; one without is refused */
export function readUpload(upload: Upload, pdfText: string | undefined): string {
  checkUploadSize(upload);
  const kind = kindOfUpload(upload) ?? raiseUnparsed();
  const bytes = Buffer.from(upload.content);
  switch (kind) {
    case "html":
      return htmlText(decodeUpload(bytes));
    case "pdf":
      return pdfText ?? raiseUnparsed();
    case "text":
    case "markdown":
      return decodeUpload(bytes);
  }
}

function decodeUpload(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString("latin1");
  }
}

/** The text of a page with the marks of Markdown. */
function htmlText(html: string): string {
  const text = html
    .replaceAll(/<(script|style|title)\b[^>]*>[^]*?<\/\1>/gi, "")
    .replaceAll(/<h([1-6])\b[^>]*>/gi, (_, level: string) => `\n\n${"#".repeat(Number(level))} `)
    .replaceAll(/<li\b[^>]*>/gi, "\n- ")
    .replaceAll(/<(?:p|div|ul|ol|table|tr|br)\b[^>]*>/gi, "\n\n")
    .replaceAll(/<[^>]*>/g, "");
  return entities().decodeHTML(text).replaceAll("\u00a0", " ").trim();
}

function raiseUnparsed(): never {
  throw new Refusal(422, "Parsing document failed.");
}
