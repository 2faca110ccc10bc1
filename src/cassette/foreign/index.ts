/** Files of other tools: recognised, read and made into cassettes; and ReplayFixtures made of cassettes. */
export { type ImportFileOptions, importFile } from "./import-file.ts";
