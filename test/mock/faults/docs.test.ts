/** docs/faults.md has every fault, with its parameters, its units and its defaults. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseFaults, printFaults } from "../../../src/mock/faults/grammar.ts";
import { FAULTS } from "../../../src/mock/faults/kinds/all.ts";
import { FAULT_MODELS } from "../../../src/mock/synthesizer/fault-models/models.ts";
import type { Fault, Parameter } from "../../../src/mock/faults/model/fault.ts";

const page = readFileSync(new URL("../../../docs/faults.md", import.meta.url), "utf8");

/** A fault as a line of the page's tables. */
function rowOf({ name, about, position, parameters, lossless }: Fault): string {
  const at =
    position === undefined
      ? ""
      : position.default === undefined
        ? "`@…`, else everywhere"
        : `\`${printFaults([{ name: "", at: position.default, params: {} }])}\``;
  const params = Object.entries(parameters).map(([key, parameter]) => paramOf(key, parameter));
  return `| \`${name}\`${lossless ? "" : " *"} | ${about} | ${at} | ${params.join("<br>")} |`;
}

function paramOf(key: string, parameter: Parameter): string {
  const unit = parameter.kind === "number" && parameter.unit !== key ? ` ${parameter.unit}` : "";
  const value =
    parameter.default === undefined
      ? `${key}=…`
      : printFaults([{ name: "", params: { [key]: parameter.default } }]).slice(1);
  const choices = parameter.kind === "choice" ? ` (${parameter.choices.join(", ")})` : "";
  return `\`${value}\`${unit} ${parameter.about}${choices}`;
}

it.each(FAULTS.map((fault) => [fault.name, rowOf(fault)]))("%s is on the page as it is", (_, row) => {
  expect(page).toContain(`\n${row}\n`);
});

it("the page has every fault model, and no other", () => {
  const rows = Object.entries(FAULT_MODELS).map(([id, { about, json, stream }]) => {
    const bad = [json === undefined ? [] : ["JSON"], stream === undefined ? [] : ["stream"]].flat();
    return `| \`${id}\` | ${about} | ${bad.join(", ")} |`;
  });
  expect([...page.matchAll(/^\| `t-.*$/gm)].map(([row]) => row)).toEqual(rows);
});

it("the page has no fault that is not there", () => {
  const rows = [...page.matchAll(/^\| `([a-z0-9-]+)`(?: \*)? \|.*\|.*\|.*\|$/gm)].map(([, name]) => name);
  expect(rows).toEqual(FAULTS.map(({ name }) => name));
});

it("what the page gives as examples is understood", () => {
  const section = /^\| example \|[^]*?^## /m.exec(page)?.[0] ?? "";
  const examples = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, text]) => text as string);
  expect(examples.length).toBeGreaterThan(15);
  for (const text of examples) expect(() => parseFaults(text)).not.toThrow();
});
