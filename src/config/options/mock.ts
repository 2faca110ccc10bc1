import type { OptionSpec } from "./spec.ts";

/** Options of `gatetape mock` about its listener and its output. */
export const MOCK: readonly OptionSpec[] = [
  {
    name: "port",
    kind: "port",
    about: "Port to listen on; 0 takes any free one.",
    commands: ["mock"],
    section: "mock",
    short: "-p",
    value: "number",
    default: 4010,
  },
  {
    name: "host",
    kind: "text",
    about: "Address to listen on.",
    commands: ["mock"],
    section: "mock",
    value: "address",
    default: "127.0.0.1",
  },
  {
    name: "keepAlive",
    kind: "seconds",
    about: "Closes a connection that has been idle for so long; 0 never does.",
    commands: ["mock"],
    value: "seconds",
    default: 2,
  },
  {
    name: "h11",
    kind: "switch",
    about:
      "Lets Node's HTTP server read and answer requests: slower, and it refuses some that OGL's server takes.",
    commands: ["mock"],
    negated: true,
    default: true,
  },
  {
    name: "direct",
    kind: "switch",
    about:
      "Sends every request through the Hono app and @hono/node-server; an answer loses what a `Response` can't express.",
    commands: ["mock"],
    negated: true,
    default: true,
  },
  {
    name: "cors",
    kind: "switch",
    about: "Lets pages of other origins in, which OGL does not.",
    commands: ["mock"],
  },
  {
    name: "watch",
    kind: "switch",
    about: "Loads the cassettes anew when a file changes; a bad edit keeps the old ones.",
    commands: ["mock"],
    short: "-w",
  },
  {
    name: "journal",
    kind: "file",
    about: "Appends requests and answers to a file, as JSON Lines without secrets.",
    commands: ["mock"],
    value: "file",
  },
  {
    name: "journalMemory",
    kind: "amount",
    about: "Memory of the journal, in MiB; the oldest exchanges are dropped. 0 switches it off.",
    commands: ["mock"],
    section: "mock",
    value: "MiB",
    default: 1,
  },
  {
    name: "allowHost",
    kind: "texts",
    about: "Host names by which the control API may be reached.",
    commands: ["mock"],
    value: "name",
  },
  {
    name: "controlToken",
    kind: "text",
    about:
      "Token that lets calls of other machines reach the control API; `env:NAME` is a variable of the environment or an entry of .env.",
    commands: ["mock"],
    value: "token",
    defaultText: "a new one, printed at the start",
  },
  {
    name: "allowHeaderFaults",
    kind: "switch",
    about: "Lets clients ask for faults by the header x-gatetape-fault.",
    commands: ["mock"],
  },
  {
    name: "json",
    kind: "switch",
    about: "Prints one line of JSON when ready, and one for each request.",
    commands: ["mock"],
  },
  { name: "quiet", kind: "switch", about: "Does not print requests.", commands: ["mock"], short: "-q" },
];
