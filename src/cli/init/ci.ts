export type Ci = "github" | "gitlab" | "none";
export const CI_CHOICES: readonly Ci[] = ["github", "gitlab", "none"];

/** Commands of a project that its CI file needs. */
export interface Toolchain {
  /** Command that installs the tests' dependencies; absent if unknown. */
  readonly install?: string;
  readonly testCommand: string;
}

/** Makes the CI file of a service. */
export function ciFile(ci: Exclude<Ci, "none">, tools: Toolchain): { file: string; text: string } {
  return ci === "github"
    ? { file: ".github/workflows/gatetape.yml", text: github(tools) }
    : { file: ".gitlab-ci.gatetape.yml", text: gitlab(tools) };
}

/**
 * Shell lines that run a command against a mock, for any POSIX shell. The mock prints its first line when it is ready:
 * reading it from a pipe waits no longer than needed, and ends at once if the mock cannot start. That line also has the
 * mock's process id. Everything runs in a subshell, so that the trap does not replace the runner's own.
 */
function shellSteps(testCommand: string): string[] {
  return `(
  set -eu
  # Nobody has published gatetape in a registry: it comes from a tarball, or from git by a commit.
  if [ ! -x node_modules/.bin/gatetape ]; then
    case "\${GATETAPE_SOURCE:-}" in
      *.tgz | git+*"#"*) npm install --no-save --no-audit --no-fund "$GATETAPE_SOURCE" > /dev/null ;;
      *) echo "GATETAPE_SOURCE is neither a tarball of gatetape (.tgz) nor git+URL#COMMIT" >&2; exit 2 ;;
    esac
  fi
  pipe=$(mktemp -u)
  mkfifo "$pipe"
  node_modules/.bin/gatetape mock --port 0 --json > "$pipe" &
  exec 3< "$pipe"
  rm "$pipe"
  # The first line comes when the mock is ready, the others are its log of requests.
  read -r line <&3 || { echo "the mock did not start" >&2; exit 1; }
  ready() { node -p 'JSON.parse(process.argv[1]).ready[process.argv[2]]' "$line" "$1"; }
  mock=$(ready pid)
  # Ends the mock, however the tests end; the status is theirs.
  trap 'kill "$mock" 2> /dev/null || :; wait' EXIT
  cat <&3 > gatetape.log &
  exec 3<&-
  OPENAI_BASE_URL=$(ready base)
  OPENAI_API_KEY=sk-anything
  export OPENAI_BASE_URL OPENAI_API_KEY
  echo "tests against $OPENAI_BASE_URL"
  ${testCommand.split("\n").join("\n  ")}
)`.split("\n");
}

const indented = (lines: readonly string[], by: number): string =>
  lines.map((line) => (line === "" ? "" : " ".repeat(by) + line)).join("\n");

function github({ install, testCommand }: Toolchain): string {
  return `# Runs the project's tests against a mock of OpenGateLLM. Written by gatetape init; yours to change.
name: gatetape
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
${install === undefined ? "      # Install here what the tests need." : `      - run: ${install}`}
      - name: Tests against the mock
        run: |
${indented(shellSteps(testCommand), 10)}
      - name: Log of requests and answers
        if: failure()
        run: cat gatetape.log
`;
}

function gitlab({ install, testCommand }: Toolchain): string {
  return `# Runs the project's tests against a mock of OpenGateLLM. Written by gatetape init; yours to change.
# In .gitlab-ci.yml:
#   include:
#     - local: .gitlab-ci.gatetape.yml
gatetape:
  image: node:24
  script:
${install === undefined ? "    # Install here what the tests need." : `    - ${install}`}
    - |
${indented(shellSteps(testCommand), 6)}
  artifacts:
    when: on_failure
    paths: [gatetape.log]
`;
}
