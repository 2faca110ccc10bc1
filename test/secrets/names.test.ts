/** Names of secrets and harmless names that look like them; values that count under a name, and placeholders that do not. */
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  credentialHeader,
  isAssignedSecret,
  isSecretValue,
  strengthOfField,
  strengthOfParameter,
} from "../../src/secrets/names/index.ts";

describe("a name of a secret", () => {
  it.each(
    (
      "password passwd db_pass smtp_pass pwd userPwd DB_PW mdp mot_de_passe motDePasse motdepasse jeton_acces token_de_acceso cle_api CLE_API cléApi clave_api " +
      "chiave_api chave_api kennwort passwort contraseña senha wachtwoord lösenord hasło пароль 密码 パスワード api_key apiKey openai_key albert_key mistral-key " +
      "app_key client_key consumer_key accessToken X-Mistral-Token refresh_token password_reset_token id_token secret client_secret clientSecretProd " +
      "password_hash pwd_hash api_hash pin pin_code otp bearer connection_string dsn credentials api_keys access_tokens authorization csrf"
    ).split(" "),
  )("%s makes any value a secret", (name) => {
    expect(strengthOfField(name)).toBe("strong");
  });

  it.each(["token", "jeton", "X-Token", "auth", "cookie", "private", "signature", "ak", "sk"])(
    "%s makes what looks like a credential a secret",
    (name) => {
      expect(strengthOfField(name)).toBe("weak");
    },
  );

  it.each(["key", "my key", "session_id"])("%s makes random text a secret", (name) => {
    expect(strengthOfField(name)).toBe("faint");
  });

  it.each(
    (
      "token key ak api_key access_token authentication Authorization Proxy-Authorization X-Albert-Key X-Jeton X-Cle-Api X-Session-Id X-Org-Auth X-Csrf my-token " +
      "x-subscription-token Ocp-Apim-Subscription-Key helicone-auth x-litellm-key openai-organization openai-project X-Hub-Signature"
    ).split(" "),
  )("of the header %s makes its whole value one", (name) => {
    expect(credentialHeader(name)).toBe("authorization");
  });

  it.each(["sig", "X-Amz-Signature", "token", "api_key", "key", "code"])(
    "of the parameter %s counts",
    (name) => {
      expect(strengthOfParameter(name)).toBeDefined();
    },
  );
});

/** Names that end like those of secrets. Each is here since somebody uses it for something else. */
const HARMLESS = (
  "prompt_cache_key next_page_token nextPageToken page_token continuation_token cursor public_key publicKey primary_key foreign_key sort_key partition_key " +
  "cache_key s3_key object_key i18n_key keyboard_key hot_key idempotency_key passage passages max_tokens max_completion_tokens maxTokens prompt_tokens " +
  "completion_tokens total_tokens token_count token_type tokenizer pad_token eos_token bos_token unk_token sep_token cls_token mask_token stop_token first_token " +
  "tokens keys is_password has_password show_password require_password password_policy password_hint forgot_password passenger compass bypass passive " +
  "boarding_pass first_pass monkey turkey hockey key_id token_id author format pattern path authority secretary keyword keywords key_count cle_publique " +
  "clave_publica clave_primaria mot_cle palabra_clave cle_usb design_token sync_token key_name encoding"
).split(" ");

describe("a harmless name", () => {
  it.each(HARMLESS)("%s is none of a secret", (name) => {
    expect(strengthOfField(name)).toBeUndefined();
  });

  it("is every member that the pinned OpenAPIs declare, but for those that hold OGL's passwords and keys", () => {
    const names = new Set<string>();
    for (const file of readdirSync("spec").filter((name) => /^openapi-.*\.json$/.test(name)))
      collectProperties(JSON.parse(readFileSync(`spec/${file}`, "utf8")), names);
    expect(names.size).toBeGreaterThan(150);
    const telling = [...names].filter((name) => strengthOfField(name) !== undefined);
    // `key` and `token` only tell of random text there.
    expect(telling.toSorted()).toEqual(["current_password", "key", "password", "token"]);
  });

  it.each([
    "idempotency-key",
    "sec-websocket-key",
    "www-authenticate",
    "x-request-id",
    "x-ratelimit-remaining-tokens",
    "x-cache-key",
    "content-type",
    "keep-alive",
  ])("of the header %s says nothing of its value", (name) => {
    expect(credentialHeader(name)).toBeUndefined();
  });
});

function collectProperties(value: unknown, names: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  const { properties } = value as { properties?: unknown };
  if (typeof properties === "object" && properties !== null)
    for (const name of Object.keys(properties)) names.add(name);
  for (const inner of Object.values(value)) collectProperties(inner, names);
}

describe("a value under the name of a secret", () => {
  it.each([
    "9f86d081884c7d659a2feaa0c55ad015",
    "550e8400-e29b-41d4-a716-446655440000",
    "42424242",
    "Renard123!",
    "hunter2",
    "correct horse battery staple",
  ])("counts: %s", (value) => {
    expect(isSecretValue(value, "strong")).toBe(true);
  });

  it.each([
    "",
    "null",
    "your-api-key",
    "YOUR_API_KEY",
    "<password>",
    "${DB_PASSWORD}",
    "{{ secret }}",
    "process.env.KEY",
    "********",
    "sk-...abcd",
    "password",
    "Enter your password.",
    "required",
    "changeme",
    "The user's password",
  ])("is a placeholder: %s", (value) => {
    expect(isSecretValue(value, "strong")).toBe(false);
  });

  it.each([
    "getToken",
    "Uint8Array",
    "user.password",
    "sha256",
    "value1",
    "/etc/passwd",
    "https://x.example",
    "--flag",
    "options",
  ])("is code: %s", (value) => {
    expect(isAssignedSecret(value, "strong", false)).toBe(false);
  });
});
