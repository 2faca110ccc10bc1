/** Data of people: names of OGL's users always, and with `redact: ["personal"]` numbers that have right check digits. */
import { describe, expect, it } from "vitest";
import { Sanitizer } from "../../src/secrets/sanitizer.ts";

/** In parts: no file of the project names the folder of a machine. */
const HOME = ["", "home"].join("/");

const personal = (text: string): string =>
  new Sanitizer("", { rules: { redact: ["personal"] } }).replaceText(text);

describe("--redact personal", () => {
  it.each([
    ["an IBAN", "FR76 3000 6000 0112 3456 7890 189", "personal-1"],
    ["an IBAN without blanks", "GB82WEST12345698765432", "personal-1"],
    ["a French social security number", "1 85 05 78 006 084 91", "personal-1"],
    ["one of Corsica", "2 85 05 2A 006 084 82", "personal-1"],
    ["a payment card", "4111 1111 1111 1111", "personal-1"],
    ["a French phone number", "06 12 34 56 78", "personal-1"],
    ["an international phone number", "+33 6 12 34 56 78", "personal-1"],
    ["an obfuscated address", "jean (at) gouv.fr", "user-1@example.org"],
    ["another obfuscated address", "jean.dupont [at] beta [dot] gouv [dot] fr", "user-1@example.org"],
  ])("replaces %s", (_, text, by) => {
    expect(personal(`see ${text}, thanks`)).toBe(`see ${by}, thanks`);
    expect(new Sanitizer().replaceText(`see ${text}, thanks`)).toBe(`see ${text}, thanks`);
  });

  it.each([
    [`${HOME}/jdupont/projets`, `${HOME}/person-1/projets`],
    ["C:\\Users\\jdupont\\x", "C:\\Users\\person-1\\x"],
    ["root@srv-intranet", "person-1"],
  ])("replaces who somebody is in %s", (text, by) => {
    expect(personal(text)).toBe(by);
  });

  it.each([
    ["an IBAN with wrong check digits", "FR77 3000 6000 0112 3456 7890 189"],
    ["a card with a wrong digit", "4111 1111 1111 1112"],
    ["a social security number with a wrong key", "1 85 05 78 006 084 37"],
    ["an order number", "2024-11-27-0001"],
    ["a home folder of nobody", `${HOME}/user/x and ${HOME}/runner/work`],
    ["a date and a version", "2026-11-27 14:03:22, 10.0.19045.3570"],
    ["the address of a repository", "git@github.com:etalab-ia/OpenGateLLM.git"],
  ])("leaves %s", (_, text) => {
    expect(personal(text)).toBe(text);
  });
});

describe("an answer of OGL about its users", () => {
  const replaced = (people: "accounts" | "usage" | undefined, body: object): string =>
    Buffer.concat(
      new Sanitizer().replaceWrites([Buffer.from(JSON.stringify(body))], "json", people ? { people } : {}),
    ).toString();

  it("has no names and addresses of people, keys and organizations", () => {
    const body = {
      object: "userInfo",
      id: 2,
      email: "ann@corp.example",
      name: "Ann Martin",
      organization: 1,
    };
    expect(replaced("accounts", body)).toBe(
      '{"object":"userInfo","id":2,"email":"user-1@example.org","name":"person-1","organization":1}',
    );
    expect(replaced("usage", { object: "me.usage", key: "Ann's laptop", model: "m" })).toBe(
      '{"object":"me.usage","key":"person-1","model":"m"}',
    );
  });

  it("has no key, whatever it looks like; a masked one stays", () => {
    expect(replaced("accounts", { id: 3, key: "short-key" })).toBe('{"id":3,"key":"secret-1"}');
    expect(replaced("accounts", { id: 3, token: "sk-eyJhb...d1hDvuLI" })).toBe(
      '{"id":3,"token":"sk-eyJhb...d1hDvuLI"}',
    );
  });

  it("keeps the names of anything else", () => {
    expect(replaced(undefined, { name: "Ann Martin" })).toBe('{"name":"Ann Martin"}');
  });
});
