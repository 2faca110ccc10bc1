/** A format that is imported. */
export type ImportFormat = "jsonl" | "har" | "vcr" | "nock" | "replay-fixture";

/** The formats by the names that `--from` takes. */
export const IMPORT_FORMATS: readonly ImportFormat[] = ["jsonl", "har", "vcr", "nock", "replay-fixture"];
