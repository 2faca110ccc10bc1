import { createInterface } from "node:readline/promises";
import { UsageError } from "../errors.ts";
import { type Ci, CI_CHOICES } from "./ci.ts";
import type { Project } from "./project.ts";

export interface Answers {
  readonly ci: Ci;
  readonly testCommand: string;
}

/**
 * Asks for what the flags have not said; an empty answer takes the default.
 * @throws UsageError if the input ends before all is answered
 */
export async function ask(
  given: Partial<Answers>,
  project: Project,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<Answers> {
  const terminal = createInterface({ input, output });
  const ended = new AbortController();
  // Without this a question that is never answered would end the process without a word.
  terminal.once("close", () => ended.abort());
  const question = async (text: string, otherwise: string): Promise<string> => {
    const answer = await terminal.question(`${text} [${otherwise}] `, { signal: ended.signal });
    return answer.trim() === "" ? otherwise : answer.trim();
  };
  try {
    let ci = given.ci;
    while (ci === undefined) {
      const answer = await question(`CI (${CI_CHOICES.join(", ")})?`, project.ci);
      ci = CI_CHOICES.find((choice) => choice === answer.toLowerCase());
      if (ci === undefined) output.write(`Please answer ${CI_CHOICES.join(" or ")}.\n`);
    }
    const testCommand =
      given.testCommand ??
      (ci === "none"
        ? project.testCommand
        : await question("Command that runs your tests?", project.testCommand));
    return { ci, testCommand };
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
    throw new UsageError("stopped: nothing was written");
  } finally {
    terminal.close();
  }
}
