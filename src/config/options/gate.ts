import type { OptionSpec } from "./spec.ts";

/** Options of `gatetape gate` alone; those of judging stand with the checks, in cli/gate. */
export const GATE: readonly OptionSpec[] = [
  {
    name: "upstream",
    kind: "text",
    about: "Passes all on to this live gateway instead, and judges both sides.",
    commands: ["gate"],
    short: "-u",
    value: "url",
  },
  {
    name: "upstreamKeyEnv",
    kind: "text",
    about: "Name of the environment variable (or of an entry of .env) with the upstream's key.",
    commands: ["gate"],
    value: "name",
  },
  {
    name: "ca",
    kind: "files",
    about: "Files of certificates (PEM) to trust beside the system's.",
    commands: ["gate"],
    value: "file",
  },
  {
    name: "journal",
    kind: "file",
    about: "Writes all traffic to a file, without secrets, for gatetape check.",
    commands: ["gate"],
    value: "file",
  },
];
