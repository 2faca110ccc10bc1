import { Command } from "commander";
import type { CommandIo } from "../support/index.ts";
import { importCommand } from "./import.ts";
import { showCommand } from "./show.ts";

export function specCommand(io: CommandIo): Command {
  return new Command("spec")
    .description("Work with OGL's OpenAPI: show what is pinned, import or check another.")
    .helpCommand(false)
    .addCommand(showCommand(io))
    .addCommand(importCommand(io));
}
