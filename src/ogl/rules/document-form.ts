import {
  Crash,
  ERRORS,
  type PyValue,
  type PydanticError,
  type Run,
  type Type,
  errorAt,
  readPythonJsonText,
  validate,
} from "../../asgi/index.ts";

/** The `name` of CreateDocumentForm, the class of the form of `POST /v1/documents` (api/schemas/documents.py 5829a332). */
const NAME: Type = { kind: "nullable", inner: { kind: "str", min: 1, max: 255, strip: true } };

/** Fields in the order in which OGL passes them to the class, and in which an echo of all of them shows. */
const FIELDS = [
  "file",
  "name",
  "collection_id",
  "disable_chunking",
  "chunk_min_size",
  "chunk_overlap",
  "chunk_size",
  "is_separator_regex",
  "separators",
  "preset_separators",
  "metadata",
] as const;

/**
 * Checks the form of `POST /v1/documents` as the model that OGL makes of it.
 *
 * @param values the form's fields as FastAPI validated them
 * @returns errors in pydantic's own form: without `body` in their locations, and with pydantic's `url`
 */
export function checkDocumentForm(values: ReadonlyMap<string, unknown>, run: Run): PydanticError[] {
  const errors: PydanticError[] = [];
  const given = new Map<string, PyValue>(FIELDS.map((name) => [name, (values.get(name) ?? null) as PyValue]));
  if (given.get("collection_id") === null)
    given.set("collection_id", (values.get("collection") ?? null) as PyValue);
  validate(NAME, given.get("name") ?? null, ["name"], run, errors);
  if (given.get("collection_id") === null) errors.push(errorAt(ERRORS.intType(), ["collection_id"], null));
  checkMetadata(given.get("metadata") as string, run, errors);
  if (errors.length === 0 && given.get("file") === null && given.get("name") === null)
    errors.push(errorAt(ERRORS.value("name is required when file is not provided"), [], given));
  return errors.map((error) => ({ ...error, url: `https://errors.pydantic.dev/2.12/v/${error.type}` }));
}

function checkMetadata(text: string, run: Run, errors: PydanticError[]): void {
  if (text === "") return;
  const decoded = readPythonJsonText(text);
  if ("value" in decoded) {
    const chunk = run.named("InputChunk");
    const metadata =
      chunk.kind === "model" ? chunk.fields.find(({ name }) => name === "metadata")?.type : undefined;
    if (metadata?.kind === "nullable")
      validate(metadata.inner, decoded.value, ["metadata"], { ...run, fromAttributes: false }, errors);
  } else if ("error" in decoded) {
    errors.push(errorAt(ERRORS.value("metadata must be a JSON object"), ["metadata"], text));
  } else {
    // Nesting too deep is a RecursionError, which nothing catches. Too many digits are a ValueError, which pydantic catches.
    if (decoded.unreadable !== "digits") throw new Crash("RecursionError");
    errors.push(errorAt(ERRORS.value(digitsMessage(text)), ["metadata"], text));
  }
}

function digitsMessage(text: string): string {
  const digits = /\d{4301,}/.exec(text)?.[0].length ?? 0;
  return `Exceeds the limit (4300 digits) for integer string conversion: value has ${digits} digits; use sys.set_int_max_str_digits() to increase the limit`;
}
