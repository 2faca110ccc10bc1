import { OGL_VERSIONS } from "../../openapi/index.ts";
import type { OptionSpec } from "./spec.ts";

/** Options of `gatetape drift`; its reports stand with the command. */
export const DRIFT: readonly OptionSpec[] = [
  {
    name: "url",
    kind: "text",
    about: "Base URL of the live server, with or without /v1.",
    commands: ["drift"],
    short: "-u",
    value: "url",
  },
  {
    name: "ogl",
    kind: "choice",
    about: "Generation whose pinned OpenAPI the server is held against.",
    commands: ["drift"],
    value: "version",
    choices: OGL_VERSIONS,
    defaultText: "the newest that is not newer than the server",
  },
  {
    name: "keyEnv",
    kind: "text",
    about: "Name of the environment variable (or of an entry of .env) with a key of the server.",
    commands: ["drift"],
    value: "name",
  },
  {
    name: "cassettes",
    kind: "files",
    about:
      "Cassette files and folders whose requests are sent to the server, as far as they only read or call models.",
    commands: ["drift"],
    value: "path",
  },
  {
    name: "model",
    kind: "pairs",
    about: "Model of the server in place of a recorded one: `RECORDED=LIVE`.",
    commands: ["drift"],
    value: "name=name",
  },
  {
    name: "maxRequests",
    kind: "amount",
    about: "Most recorded requests that are sent.",
    commands: ["drift"],
    value: "number",
    default: 50,
  },
  {
    name: "timeout",
    kind: "seconds",
    about: "Longest time for one answer.",
    commands: ["drift"],
    value: "seconds",
    default: 60,
  },
  {
    name: "ca",
    kind: "files",
    about: "Files of certificates (PEM) to trust beside the system's.",
    commands: ["drift"],
    value: "file",
  },
  {
    name: "failOn",
    kind: "choice",
    about: "Smallest change with exit code 1.",
    commands: ["drift"],
    value: "change",
    choices: ["any", "breaking"],
    default: "any",
  },
  {
    name: "json",
    kind: "switch",
    about: "Prints the report as JSON on stdout.",
    commands: ["drift"],
  },
];
