/** Loads the import of a new OpenAPI, which only commands that read one need. */
export function importTools(): Promise<typeof import("./import/index.ts")> {
  return import("./import/index.ts");
}

/** Loads the comparison of two OpenAPIs, which only the commands that compare them need. */
export function changeTools(): Promise<typeof import("./changes/index.ts")> {
  return import("./changes/index.ts");
}
