/** Files of other tools: recognised, read and made into cassettes; and ReplayFixtures made of cassettes. */
export { type ImportFileOptions, importFile } from "./import-file.ts";
export { attachedBeside, decodedFile } from "./input.ts";
export { type ReplayFixture, replayFixtureOf } from "./replay-export.ts";
