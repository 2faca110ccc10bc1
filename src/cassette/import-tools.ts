/** Loads the import of files, with the readers of all formats, which a mock never needs. */
export function cassetteImport(): Promise<typeof import("./foreign/index.ts")> {
  return import("./foreign/index.ts");
}
