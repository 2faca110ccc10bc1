import { createInterface } from "node:readline/promises";
import { UsageError } from "../support/index.ts";
import { CI_CHOICES, type Ci } from "./ci.ts";
import type { Project } from "./project.ts";

export interface Answers {
  readonly ci: Ci;
  readonly testCommand: string;
}

/**
 * Prompts for the answers that flags did not give; an empty line takes the default.
 * @throws UsageError if the input ends before all questions are answered
 */
export async function ask(
  given: Partial<Answers>,
  project: Project,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<Answers> {
  const terminal = createInterface({ input, output });
  // Keeps lines that come before their question, as pasted answers do.
  const lines = terminal[Symbol.asyncIterator]();
  let closed = false;
  terminal.once("close", () => (closed = true));
  const question = async (text: string, otherwise: string): Promise<string> => {
    terminal.setPrompt(`${text} [${otherwise}] `);
    if (!closed) terminal.prompt();
    const { value, done } = await lines.next();
    if (done) {
      output.write("\n");
      throw new UsageError("stopped", {}, "stopped: nothing was written", "take the defaults with --yes");
    }
    return value.trim() === "" ? otherwise : value.trim();
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
  } finally {
    terminal.close();
  }
}
