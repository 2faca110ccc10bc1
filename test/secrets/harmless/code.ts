/** Code, configs, logs and markup that speak of tokens, keys and passwords without one. */
import { LETTERS, type HarmlessKind, hex, many, number, text, word } from "./kind.ts";

export const CODE: readonly HarmlessKind[] = [
  text(
    "Python",
    (r) =>
      `tokens = tokenizer.encode(text)\ntoken = tokens[${number(r, 0, 9)}]\nfor key, value in ${word(r)}.items():\n    password = getpass.getpass("Password: ")\n    api_key = os.environ["OPENAI_API_KEY"]\n    client = OpenAI(api_key=api_key, max_retries=${number(r, 0, 5)})`,
  ),
  text(
    "TypeScript",
    (r) =>
      `const apiKey = process.env.OPENAI_API_KEY ?? "";\nconst token = await getToken({ scope: "${word(r)}" });\ninterface Login { password: string; token?: string; key: number }\nconst secret = crypto.randomBytes(${number(r, 16, 64)}).toString("hex");`,
  ),
  text(
    "React",
    (r) =>
      `{items.map((item) => <li key={item.id}>{item.${word(r)}}</li>)}\n<input type="password" name="password" value={password} onKeyDown={(e) => e.key === "Enter" && submit()} />`,
  ),
  text(
    "Go",
    (r) =>
      `token, err := parser.NextToken()\nkey := fmt.Sprintf("%s:%d", ${word(r)}, ${number(r, 1, 99)})\npassword := flag.String("password", "", "the password")`,
  ),
  text(
    "Rust",
    (r) =>
      `let token = lexer.next_token()?;\nlet key: &str = map.keys().next().unwrap();\nlet password = rpassword::prompt_password("Password: ")?; // ${word(r)}`,
  ),
  text(
    "Java",
    (r) =>
      `String password = System.getenv("DB_PASSWORD");\nprivate final String apiKey;\nKey key = KeyFactory.getInstance("RSA").generatePublic(spec${number(r, 1, 9)});`,
  ),
  text(
    "C#",
    (r) =>
      `var token = cancellationToken;\nvar apiKey = configuration["OpenAI:ApiKey"];\nforeach (var key in ${word(r)}.Keys) Console.WriteLine(key);`,
  ),
  text(
    "Ruby and PHP",
    (r) =>
      `password = params[:password]\ntoken = SecureRandom.hex(${number(r, 8, 32)})\n$password = $_POST['password'];\n$key = array_key_first($${word(r)});`,
  ),
  text(
    "SQL",
    (r) =>
      `CREATE TABLE ${word(r)} (id uuid PRIMARY KEY, password_hash text NOT NULL, token_count int DEFAULT ${number(r, 0, 9)}, FOREIGN KEY (user_id) REFERENCES users);\nSELECT token, key FROM api_keys WHERE password = $1;`,
  ),
  text(
    "shell",
    (r) =>
      `export OPENAI_API_KEY=$(pass show openai)\nread -s -p "Password: " PASSWORD\ncurl -u "$USER:$PASSWORD" -H "Authorization: Bearer $TOKEN" https://api.example.com/${word(r)}\nmysql -u root -p < ${word(r)}.sql`,
  ),
  text(
    "placeholders",
    (r) =>
      `OPENAI_API_KEY=${r.pick(["your-api-key-here", "<your key>", "sk-...", "YOUR_API_KEY", "xxxxxxxx", "changeme"])}\nDB_PASSWORD=${r.pick(["${DB_PASSWORD}", "<password>", "********", "..."])}\nPORT=${number(r, 1000, 9999)}`,
  ),
  text(
    "GitHub workflow",
    (r) =>
      `env:\n  NPM_TOKEN: \${{ secrets.NPM_TOKEN }}\n  API_KEY: \${{ secrets.${word(r).toUpperCase()}_KEY }}\nwith:\n  token: \${{ github.token }}`,
  ),
  text(
    "Kubernetes",
    (r) =>
      `- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: ${word(r)}-secrets\n      key: db-password\nimagePullSecrets:\n  - name: registry-key`,
  ),
  text(
    "Terraform",
    (r) =>
      `resource "aws_db_instance" "${word(r)}" {\n  password = var.db_password\n  kms_key_id = aws_kms_key.main.arn\n  secret = random_password.db.result\n}`,
  ),
  text(
    "JSON Schema",
    (r) =>
      `{"type":"object","required":["password"],"properties":{"password":{"type":"string","minLength":${number(r, 8, 20)}},"api_key":{"type":"string","description":"the key of the ${word(r)}"},"token":{"type":"string","format":"uuid"}}}`,
  ),
  text(
    "OpenAPI",
    (r) =>
      `securitySchemes:\n  ApiKeyAuth:\n    type: apiKey\n    in: header\n    name: X-API-Key\n  bearerAuth:\n    type: http\n    scheme: bearer\n# ${word(r)}`,
  ),
  text(
    "i18n file",
    (r) =>
      `{"password": "Mot de passe", "api_key": "Clé API", "token": "Jeton", "forgot_password": "Mot de passe oublié ?", "secret": "Secret", "${word(r)}": "x"}`,
  ),
  text(
    "enum of types",
    (r) =>
      `{"auth": "api_key", "token_type": "bearer", "grant_type": "password", "credential": "optional", "secret": "none", "key": "${word(r)}"}`,
  ),
  text(
    "regex for secrets",
    (r) =>
      `const PATTERN = /sk-[A-Za-z0-9]{${number(r, 20, 48)}}/;\nconst PASSWORD = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\\d).{8,}$/; // ${word(r)}`,
  ),
  text("CSS", (r) =>
    many(4, () => `.${word(r)}-${hex(r, 6)} { color: #${hex(r, 6)}; background: #${hex(r, 8)}; }`),
  ),
  text(
    "SVG path",
    (r) =>
      `<path d="M${many(20, () => `${number(r, 0, 99)}.${number(r, 0, 99)} ${number(r, 0, 99)}`, "L")}z" fill="#${hex(r, 6)}"/>`,
  ),
  text(
    "tokenizer table",
    (r) =>
      `{${many(12, () => `"Ġ${word(r)}${r.text(2, LETTERS.lower)}": ${number(r, 200, 50000)}`, ", ")}, "<|endoftext|>": 50256}`,
  ),
  text(
    "BPE merges",
    (r) =>
      `#version: 0.2\n${many(8, () => `${r.text(number(r, 1, 4), LETTERS.lower)} ${r.text(number(r, 1, 3), LETTERS.lower)}`)}`,
  ),
  text("log", (r) =>
    many(
      4,
      () =>
        `2026-11-21T12:${number(r, 10, 59)}:${number(r, 10, 59)}Z INFO [worker-${number(r, 1, 9)}] token usage: prompt_tokens=${number(r, 1, 900)} completion_tokens=${number(r, 1, 900)} key_count=${number(r, 1, 9)} request=${hex(r, 16)}`,
    ),
  ),
  text("auth log", (r) =>
    many(
      3,
      () =>
        `Nov 21 12:00:${number(r, 10, 59)} host sshd[${number(r, 100, 9999)}]: Failed password for invalid user ${word(r)} from 203.0.113.${number(r, 1, 254)} port ${number(r, 1024, 60000)} ssh2`,
    ),
  ),
  text(
    "traceback",
    (r) =>
      `Traceback (most recent call last):\n  File "/app/src/auth/token.py", line ${number(r, 1, 400)}, in verify_token\n    raise KeyError(key)\nKeyError: 'password'\nopenai.AuthenticationError: Error code: 401 - invalid api key`,
  ),
  text("pods", (r) =>
    many(
      4,
      () =>
        `${word(r)}-${r.text(10, LETTERS.base36)}-${r.text(5, LETTERS.base36)}   1/1   Running   ${number(r, 0, 9)}   ${number(r, 1, 90)}d`,
    ),
  ),
  text("docker ps", (r) =>
    many(
      3,
      () =>
        `${hex(r, 12)}   acme/${word(r)}:1.${number(r, 0, 9)}   "docker-entrypoint.s…"   Up ${number(r, 1, 20)} hours   0.0.0.0:${number(r, 1000, 9999)}->80/tcp   ${word(r)}_1`,
    ),
  ),
  text(
    "file paths",
    (r) =>
      `C:\\Users\\bob\\AppData\\Local\\${word(r)}\\secrets\\token_cache.json and /usr/lib/python3/dist-packages/keyring/backends/${word(r)}.py and ~/.ssh/id_ed25519.pub`,
  ),
  text(
    "hash map",
    (r) => `map = {${many(8, () => `${hex(r, 8)}: "${word(r)}"`, ", ")}}; map.get(key) is O(1)`,
  ),
  text("assembly", (r) =>
    many(5, () => `  ${hex(r, 6)}:\t${many(4, () => hex(r, 2), " ")}\tmov    0x${hex(r, 4)}(%rip),%rax`),
  ),
  text(
    "source map",
    (r) =>
      `//# sourceMappingURL=${word(r)}.js.map\n{"version":3,"mappings":"AAAA,${many(30, () => r.text(4, "ACDEGIKMOQSUWY"), ",")}"}`,
  ),
  text(
    "minified code",
    (r) =>
      `!function(e,t){${many(8, () => `var ${r.text(1, LETTERS.lower)}=${r.text(1, LETTERS.lower)}.${word(r)}(${number(r, 0, 99)});`, "")}return e.key||t.token}(this,window);`,
  ),
  text(
    "nginx",
    (r) =>
      `ssl_certificate_key /etc/nginx/ssl/${word(r)}.key;\nproxy_set_header Authorization $http_authorization;\nauth_basic_user_file /etc/nginx/.htpasswd;\nlimit_req_zone $binary_remote_addr zone=key:${number(r, 1, 20)}m;`,
  ),
  text(
    "LaTeX",
    (r) =>
      `\\section{${word(r)}} $\\sum_{k=1}^{${number(r, 2, 99)}} \\frac{key_k}{token_k} = \\mathcal{O}(n^2)$ \\cite{${word(r)}${number(r, 1990, 2026)}}`,
  ),
];
