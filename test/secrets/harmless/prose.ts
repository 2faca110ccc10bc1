/** Prose and members that speak of secrets, and name none. */
import { type HarmlessKind, members, number, text, word } from "./kind.ts";

export const PROSE: readonly HarmlessKind[] = [
  text(
    "English about passwords",
    (r) =>
      `${r.pick(["My password is too short", "The password is stored in a vault", "My password is not accepted", "The API key is missing", "Your token is invalid or expired", "The secret is that there is no secret"])}. What can I do about the ${word(r)}? A password should have ${number(r, 8, 20)} characters.`,
  ),
  text(
    "French about passwords",
    (r) =>
      `${r.pick(["Mon mot de passe est refusé", "Le mot de passe est trop court", "Ma clé API ne fonctionne plus", "Le jeton est expiré", "Quel est le mot de passe par défaut ?", "La clé est sous le paillasson"])}. Comment faire pour le ${word(r)} n° ${number(r, 1, 99)} ?`,
  ),
  text(
    "German about passwords",
    (r) =>
      `${r.pick(["Mein Passwort ist abgelaufen", "Das Kennwort lautet anders als gestern", "Der Schlüssel liegt unter der Matte", "Mein Passwort ist leider weg", "Das Geheimnis ist gelüftet"])}. Was tun mit dem ${word(r)} Nummer ${number(r, 1, 99)}?`,
  ),
  text(
    "Spanish about passwords",
    (r) =>
      `${r.pick(["Mi contraseña es incorrecta", "La contraseña es obligatoria", "La clave es la paciencia", "Mi token es inválido"])}. ¿Qué hago con el ${word(r)} ${number(r, 1, 99)}?`,
  ),
  text(
    "advice on keys",
    (r) =>
      `Never commit API keys. Use environment variables such as OPENAI_API_KEY, rotate tokens every ${number(r, 30, 90)} days, and keep the master key of the ${word(r)} in a key management service.`,
  ),
  text(
    "words that hold such words",
    (r) =>
      `The passage through the compass room: monkeys, turkeys, keyboards, tokenism, betoken, secretary, passenger, keynote, the ${word(r)} and ${number(r, 2, 99)} passports.`,
  ),
  text(
    "music and keys",
    (r) =>
      `The key: ${r.pick(["C# minor", "B flat major", "G major", "D dorian"])}. Signature: ${r.pick(["3/4", "6/8", "4/4"])}. Transpose the ${word(r)} to the key of ${r.pick(["A", "E", "F"])}, ${number(r, 60, 180)} bpm.`,
  ),
  text(
    "Markdown table about keys",
    (r) =>
      `| key | type | default |\n|---|---|---|\n| password | string | none |\n| token | string | required |\n| api_key | string | from the environment |\n| ${word(r)} | number | ${number(r, 1, 99)} |`,
  ),
  text(
    "max_tokens in prose",
    (r) =>
      `Set max_tokens: ${number(r, 16, 4096)} and max_completion_tokens=${number(r, 16, 4096)}; the tokenizer is cl100k_base, token: "Hello", tokens: ["Hel", "lo"], pass: ${number(r, 1, 9)}, key: "${word(r)}".`,
  ),
  text(
    "lorem ipsum",
    (r) =>
      `Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor ${word(r)} ${number(r, 1, 99)} ut labore et dolore magna aliqua.`,
  ),
  text(
    "recipe",
    (r) =>
      `Recette : ${number(r, 100, 900)} g de farine, ${number(r, 1, 9)} œufs, 25 cl de lait. Passez la pâte au tamis. Le secret : la laisser reposer ${number(r, 1, 9)} heures.`,
  ),
  text(
    "secret agent",
    (r) =>
      `Write a story: the secret of the ${word(r)} is a token of love. The password at the door: nobody knows it. Chapter ${number(r, 1, 30)}.`,
  ),
  text(
    "tool names",
    (r) =>
      `Call get_secret_santa_list, then rotate_keys and count_tokens(${number(r, 1, 999)}), then reset_password_form for the ${word(r)}.`,
  ),
  text(
    "headers in documentation",
    (r) =>
      `Send \`Authorization: Bearer <token>\` or \`X-Api-Key: {api_key}\` with each request; a wrong key gives ${number(r, 400, 403)}. Cookie: none. See ${word(r)}.`,
  ),
  text(
    "URL patterns",
    (r) =>
      `GET /v1/keys/{key_id}?token={token}&page=${number(r, 1, 9)} and https://example.com/reset?token=... for the ${word(r)}`,
  ),
  text(
    "masked keys",
    (r) =>
      `Incorrect API key provided: sk-ab${"*".repeat(number(r, 8, 30))}yz. The ${word(r)} shows sk-eyJhb...d1hDvuLI only.`,
  ),
  text(
    "two-letter codes and acronyms",
    (r) =>
      `PASS: ${number(r, 1, 99)}, FAIL: ${number(r, 1, 9)}, KEY: see legend, PIN: pull before use, AUTH: ok, PW: Palau, AK: Alaska, ${word(r)}`,
  ),
  members("usage", (r) => ({
    usage: { prompt_tokens: number(r, 1, 999), token_count: "many" },
    max_tokens: number(r, 1, 999),
    tokenizer: "cl100k_base",
    note: word(r),
  })),
  members("usage of a key", (r) => ({
    object: "list",
    data: [
      { object: "me.usage", model: "m", key: `${word(r)}-key`, endpoint: "/v1/chat/completions" },
      { key: "k-plain", method: null },
    ],
  })),
  members("logprobs", (r) => ({
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Hello there" },
        logprobs: {
          content: [
            { token: "Hello", logprob: -0.1, bytes: [72, 101, 108, 108, 111], top_logprobs: [] },
            {
              token: ` ${word(r)}`,
              logprob: -1.5,
              bytes: null,
              top_logprobs: [{ token: " there", logprob: -2, bytes: null }],
            },
          ],
        },
        finish_reason: "stop",
      },
    ],
  })),
  members("metadata", (r) => ({
    metadata: {
      key: word(r),
      keywords: "token, secret",
      password_policy: "strong",
      passage: `the ${word(r)} passage`,
      author: "Bob",
      secretary: "Alice",
      monkey: "yes",
    },
  })),
  members("key of a dictionary", (r) => ({
    filters: [
      { key: "category", type: "eq", value: word(r) },
      { name: "language", value: "French" },
    ],
    sort_key: "created_at",
  })),
  members("names of keys", (r) => ({
    data: [{ id: number(r, 1, 99), name: "my key", token: "sk-eyJhb...d1hDvuLI", expires: null }],
    primary_key: "id",
    foreign_key: `${word(r)}_id`,
  })),
  members("tool of login", (r) => ({
    tools: [
      {
        type: "function",
        function: {
          name: "login",
          description: `Logs in to the ${word(r)}`,
          parameters: {
            type: "object",
            properties: {
              password: { type: "string", description: "the user's password" },
              api_key: { type: "string" },
            },
            required: ["password"],
          },
        },
      },
    ],
  })),
  members("auth by reference", (r) => ({
    auth: { type: "bearer", token: "${TOKEN}", api_key: "{{API_KEY}}", password: null, secret: "" },
    name: word(r),
  })),
];
