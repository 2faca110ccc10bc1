/** Loads the reading and writing of HAR files, which a mock never needs. */
export function harTools(): Promise<typeof import("./har/index.ts")> {
  return import("./har/index.ts");
}
