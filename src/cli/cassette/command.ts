import { Command } from "commander";
import type { CommandIo } from "../support/index.ts";
import { diffCommand } from "./diff.ts";
import { exportCommand } from "./export.ts";
import { fmtCommand } from "./fmt.ts";
import { importCommand } from "./import.ts";
import { lintCommand } from "./lint.ts";
import { scrubCommand } from "./scrub.ts";
import { showCommand } from "./show.ts";
import { splitCommand } from "./split.ts";

/** Makes the command `gatetape cassette`. */
export function cassetteCommand(io: CommandIo): Command {
  return new Command("cassette")
    .description("Work with cassettes: import, lint, show, fmt, diff, split, scrub, export.")
    .helpCommand(false)
    .addCommand(importCommand(io))
    .addCommand(lintCommand(io))
    .addCommand(showCommand(io))
    .addCommand(fmtCommand(io))
    .addCommand(diffCommand(io))
    .addCommand(splitCommand(io))
    .addCommand(scrubCommand(io))
    .addCommand(exportCommand(io));
}
