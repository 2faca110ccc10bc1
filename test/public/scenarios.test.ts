/** `testScenarios` of gatetape/vitest: these tests are themselves what it makes. */
import { testScenarios } from "../../src/vitest.ts";
import { referenceDriver } from "../mutants/reference.ts";

testScenarios(referenceDriver(), { only: ["url/*", "error/detail-*"] });
testScenarios(() => Promise.resolve({ ...referenceDriver("bom-kept"), capabilities: [] }), {
  only: ["sse/bom", "retry/bounded"],
  failOn: "never",
});
