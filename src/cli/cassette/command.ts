import { Command } from "commander";
import { importCommand } from "./import.ts";
import { lintCommand } from "./lint.ts";
import { showCommand } from "./show.ts";

export function cassetteCommand(): Command {
  return new Command("cassette")
    .description("Work with cassettes: import, lint, show.")
    .helpCommand(false)
    .addCommand(importCommand())
    .addCommand(lintCommand())
    .addCommand(showCommand());
}
