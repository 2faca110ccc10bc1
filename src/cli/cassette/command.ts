import { Command } from "commander";
import { diffCommand } from "./diff.ts";
import { exportCommand } from "./export.ts";
import { fmtCommand } from "./fmt.ts";
import { importCommand } from "./import.ts";
import { lintCommand } from "./lint.ts";
import { scrubCommand } from "./scrub.ts";
import { showCommand } from "./show.ts";
import { splitCommand } from "./split.ts";

export function cassetteCommand(): Command {
  return new Command("cassette")
    .description("Work with cassettes: import, lint, show, fmt, diff, split, scrub, export.")
    .helpCommand(false)
    .addCommand(importCommand())
    .addCommand(lintCommand())
    .addCommand(showCommand())
    .addCommand(fmtCommand())
    .addCommand(diffCommand())
    .addCommand(splitCommand())
    .addCommand(scrubCommand())
    .addCommand(exportCommand());
}
