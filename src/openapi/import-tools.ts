/** Loads the import of a new OpenAPI, which only `gatetape spec import` needs. */
export function importTools(): Promise<typeof import("./import/index.ts")> {
  return import("./import/index.ts");
}
