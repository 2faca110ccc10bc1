import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that wait for clocks, half a minute some: begun late, they would be what the whole run waits for. */
const WAITING = [
  "suites/adapter",
  "suites/clock",
  "recorder/sentences",
  "recorder/fidelity",
  "mock/thread",
  "cli/gate/commands",
];

/** Order of the test files: those that wait for clocks begin first. */
export class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a method of vitest's
    const sorted = await super.sort(files);
    const isWaiting = ({ moduleId }: TestSpecification): boolean =>
      WAITING.some((name) => moduleId.endsWith(`/test/${name}.test.ts`));
    return [...sorted.filter(isWaiting), ...sorted.filter((file) => !isWaiting(file))];
  }
}
