import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, models, tell } from "./ask.mjs";

test("answers", async () => assert.match(await ask("Who are you?"), /\w/));
test("answers the same again", async () =>
  assert.equal(await ask("Who are you?"), await ask("Who are you?")));
test("streams", async () => assert.match(await tell("Who are you?"), /\w/));
test("knows models", async () => assert.ok((await models()).includes("qwen3-coder")));
