import { Refusal } from "../../../../asgi/index.ts";

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
  md: "markdown",
  html: "html",
  pdf: "pdf",
};
const BY_TYPE: Readonly<Record<string, Kind>> = {
  "text/plain": "text",
  "text/markdown": "markdown",
  "text/html": "html",
  "application/pdf": "pdf",
};

/**
 * The kind of an upload by its extension, else by its content type. Another content type than those, also one with parameters,
 * counts as unknown (observed on 0.4.1: documents-16 to -29).
 */
export function kindOfUpload({ filename, headers }: Upload): Kind | undefined {
  const type = headers.find(([name]) => name === "content-type")?.[1];
  const extension = /\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? "";
  const byExtension = BY_EXTENSION[extension];
  if (type === "application/octet-stream") return byExtension;
  const byType = type === undefined ? undefined : BY_TYPE[type];
  return byType === undefined ? undefined : (byExtension ?? byType);
}

/** Raises OGL's refusal of an upload that is too large. */
export function checkUploadSize({ content }: Upload): void {
  if (content.length > MAX_UPLOAD)
    throw new Refusal(413, `File size limit exceeded (max: ${MAX_UPLOAD} bytes).`);
}

/** Reads the text of an upload. */
export function readUpload(upload: Upload): string {
  checkUploadSize(upload);
  const kind = kindOfUpload(upload) ?? raiseUnparsed();
  const bytes = Buffer.from(upload.content);
  switch (kind) {
    case "html":
      return htmlText(decodeUpload(bytes));
    case "pdf":
      return pdfText(bytes) ?? raiseUnparsed();
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

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };

function htmlText(html: string): string {
  return html
    .replaceAll(/<(script|style|title)\b[^>]*>[^]*?<\/\1>/gi, "")
    .replaceAll(/<h([1-6])\b[^>]*>/gi, (_, level: string) => `\n\n${"#".repeat(Number(level))} `)
    .replaceAll(/<li\b[^>]*>/gi, "\n- ")
    .replaceAll(/<(?:p|div|ul|ol|table|tr|br)\b[^>]*>/gi, "\n\n")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(amp|lt|gt|quot|nbsp);/g, (_, name: string) => ENTITIES[name] ?? "")
    .trim();
}

/** The strings that a PDF without compression shows; `undefined` for bytes that are no PDF. */
function pdfText(bytes: Buffer): string | undefined {
  const text = bytes.toString("latin1");
  if (!text.startsWith("%PDF-") || !text.includes("endobj")) return undefined;
  const shown = [...text.matchAll(/\(((?:\\.|[^\\()])*)\)\s*Tj|<([0-9a-fA-F]+)>\s*\]?\s*T[jJ]/g)];
  const lines = shown.map(([, plain, hex]) => plain ?? Buffer.from(hex ?? "", "hex").toString("latin1"));
  return lines.length === 0 ? "PDF" : lines.join("\n");
}

function raiseUnparsed(): never {
  throw new Refusal(422, "Parsing document failed.");
}
