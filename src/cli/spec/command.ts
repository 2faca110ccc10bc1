import { Command } from "commander";
import type { CommandIo } from "../support/index.ts";
import { specDiffCommand } from "./diff.ts";
import { specImportCommand } from "./import.ts";
import { specShowCommand } from "./show.ts";

/** Makes the command `gatetape spec`. */
export function specCommand(io: CommandIo): Command {
  return new Command("spec")
    .description("Work with OGL's OpenAPI: show the pinned one, import or check another, compare two.")
    .helpCommand(false)
    .addCommand(specShowCommand(io))
    .addCommand(specImportCommand(io))
    .addCommand(specDiffCommand(io));
}
