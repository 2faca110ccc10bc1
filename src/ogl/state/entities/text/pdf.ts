/** Text between two pages (observed on 0.4.1: search-02). */
const PAGE_BREAK = "\n\n\n";
/** Level at which the reader prints nothing: standard output is the mock's own. */
const SILENT = 0;

/**
 * Reads the text of a PDF, page by page. The reader is loaded when the first PDF comes.
 *
 * @returns `undefined` for bytes that are no PDF, and for one that needs a password
 */
export async function readPdf(content: Uint8Array): Promise<string | undefined> {
  const { extractText, getDocumentProxy } = await import("unpdf");
  try {
    // The reader takes the bytes for itself; the journal still needs the request's.
    const document = await getDocumentProxy(Uint8Array.from(content), { verbosity: SILENT });
    try {
      return (await extractText(document)).text.join(PAGE_BREAK);
    } finally {
      await document.loadingTask.destroy();
    }
  } catch {
    return undefined;
  }
}
