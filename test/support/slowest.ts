import type { Reporter, TestModule } from "vitest/node";

const SHOWN = 10;

/** A reporter that prints the slowest test files at the end, and the files that were left out. */
export class Slowest implements Reporter {
  readonly #leftOut: readonly string[];

  /** @param leftOut lines about the files that do not run, and why */
  constructor(leftOut: readonly string[] = []) {
    this.#leftOut = leftOut;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules
      .map((module) => ({ file: module.relativeModuleId, seconds: secondsOf(module) }))
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, SHOWN);
    if (modules.length > SHOWN) {
      console.log(`\nthe ${files.length} slowest of ${modules.length} files:`);
      for (const { file, seconds } of files) console.log(`${seconds.toFixed(1).padStart(7)} s  ${file}`);
    }
    for (const line of this.#leftOut) console.log(line);
  }
}

/** Time of a file's imports, hooks and tests, in seconds. */
function secondsOf(module: TestModule): number {
  const { collectDuration, duration } = module.diagnostic();
  return (collectDuration + duration) / 1000;
}
