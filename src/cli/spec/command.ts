import { Command } from "commander";
import type { CommandIo } from "../support/index.ts";
import { specImportCommand } from "./import.ts";
import { specShowCommand } from "./show.ts";

export function specCommand(io: CommandIo): Command {
  return new Command("spec")
    .description("Work with OGL's OpenAPI: show what is pinned, import or check another.")
    .helpCommand(false)
    .addCommand(specShowCommand(io))
    .addCommand(specImportCommand(io));
}
