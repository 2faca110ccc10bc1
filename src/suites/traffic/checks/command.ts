/** Checks of the command itself, its answers and what it leaves behind. */
import { answeredByText } from "../../../exchange/index.ts";
import {
  type Observed,
  type TrafficCheck,
  type TrafficFinding,
  answerHeader,
  isWhole,
  lineOf,
  statusOf,
} from "../model/index.ts";

/** Variables given to the command, for the hint. */
const BASE_VARIABLES = ["OPENAI_BASE_URL", "OPENAI_API_BASE", "OGL_URL", "OGL_TEST_URL"] as const;

export const COMMAND_CHECKS: readonly TrafficCheck[] = [
  {
    id: "command/traffic",
    says: "asks the gateway at all",
    level: "must",
    needs: "wire",
    why: "Silence shows nothing: tests that are skipped without a gateway pass, too.",
    evidence: ["design: no traffic is no pass"],
    seenIf: "always",
    test: ({ exchanges, command }) =>
      exchanges.length > 0
        ? []
        : [{ message: command === undefined ? NOTHING_SAVED : NO_TRAFFIC, exchanges: [] }],
  },
  {
    id: "command/post",
    says: "sends a POST that OGL has",
    level: "should",
    needs: "wire",
    why: "Most checks are about chats, embeddings and other POSTs; without one a pass shows next to nothing.",
    evidence: ["design: a gate is not green on nothing"],
    seenIf: "a command is run and asks something",
    test: ({ command, exchanges }) => {
      if (command === undefined || exchanges.length === 0) return null;
      const judged = exchanges.some(
        ({ request, operation, recorded }) =>
          recorded || (request.method === "POST" && operation !== undefined),
      );
      return judged ? [] : [{ message: NO_POST, exchanges }];
    },
  },
  {
    id: "command/answered",
    says: "gets an answer that is no refusal",
    level: "should",
    needs: "wire",
    why: "A test that passes whatever the gateway refuses shows nothing of what a user gets.",
    evidence: ["design: a gate is not green on nothing"],
    seenIf:
      "a command is run, and asks something that no fault, cassette or scenario of the user's refuses on purpose",
    test: ({ command, exchanges }) => {
      if (command === undefined) return null;
      const own = exchanges.filter((exchange) => !isRefusedOnPurpose(exchange));
      const posts = own.filter(({ request }) => request.method === "POST");
      const judged = posts.length > 0 ? posts : own;
      if (judged.length === 0) return null;
      return judged.some(isAnswered) ? [] : [{ message: refusalsOf(judged), exchanges: judged }];
    },
  },
  {
    id: "command/ends",
    says: "ends by itself within the deadline",
    level: "must",
    needs: "exit",
    why: "What waits for ever for an answer blocks the job, and in production its user.",
    evidence: ["stream/stall-midway"],
    seenIf: "a command is run",
    test: ({ command, exchanges }) => {
      if (command === undefined) return null;
      if (!command.overdue) return [];
      const open = exchanges.filter(({ endedBy }) => endedBy === "runner");
      const waiting = open.map((exchange) => lineOf(exchange)).join(", ");
      const message = `the command had not ended after ${(command.ms / 1000).toFixed(1)} s${waiting === "" ? "" : `; still open: ${waiting}`}`;
      return [{ message, exchanges: open }];
    },
  },
  {
    id: "command/exit",
    says: "ends with exit code 0",
    level: "must",
    needs: "exit",
    why: "The command says itself that something is wrong; its own output has more.",
    evidence: ["the command's own verdict"],
    seenIf: "a command is run and ends by itself",
    test: ({ command }) => {
      if (command === undefined || command.overdue) return null;
      const { exitCode, signal } = command;
      if (exitCode === 0) return [];
      const how = signal === null ? `with exit code ${exitCode}` : `by ${signal}`;
      return [{ message: `the command failed by itself: it ended ${how}`, exchanges: [] }];
    },
  },
  {
    id: "command/output",
    says: "prints what the gateway has answered",
    level: "must",
    needs: "exit",
    why: "An answer that does not reach the user is lost, however well it was asked for.",
    evidence: ["stream/clean-eof-midway", "design: sentinel"],
    seenIf: "--expect-stdout-token asks for it",
    test: ({ command }) => {
      if (command?.token === undefined) return null;
      const { text, answered, printed } = command.token;
      if (printed) return [];
      return [
        {
          message: answered
            ? `the answer had ${JSON.stringify(text)} in it, and the command's stdout has not`
            : `neither an answer nor the command's stdout had ${JSON.stringify(text)} in it: no request leads to an answer with it`,
          exchanges: [],
        },
      ];
    },
  },
  {
    id: "command/children",
    says: "leaves no processes behind",
    level: "may",
    needs: "exit",
    why: "They go on asking when nobody waits any more, and hold ports and files.",
    evidence: ["design: the process group is ended with the command"],
    seenIf: "a command is run and ends by itself",
    test: ({ command }) => {
      if (command === undefined || command.overdue) return null;
      return command.leftBehind
        ? [
            {
              message: "processes of its group were still there after it had ended; they were ended",
              exchanges: [],
            },
          ]
        : [];
    },
  },
  {
    id: "cassette/miss",
    says: "asks only what the cassettes know",
    level: "must",
    needs: "wire",
    why: "The tests do not test what was recorded; in front of the real gateway the request is a new one.",
    evidence: ["design: a miss is answered 400"],
    seenIf: "cassettes are played",
    test: ({ exchanges }) => {
      const missed = exchanges.filter((exchange) => answerHeader(exchange, "x-gatetape-miss") !== undefined);
      if (missed.length === 0 && !exchanges.some(({ recorded }) => recorded)) return null;
      return missed.map((exchange) => ({
        message: missOf(exchange),
        exchanges: [exchange],
      }));
    },
  },
  {
    id: "stream/left-open",
    says: "reads each answer to its end, or closes the connection",
    level: "may",
    needs: "wire",
    why: "The gateway goes on working, and counting tokens, for as long as nobody closes.",
    evidence: ["cancel/early-break", "stream/stall-midway"],
    seenIf: "an answer is streamed, or stalls",
    test: ({ exchanges, command }) => {
      if (command === undefined || !exchanges.some(isLong)) return null;
      return exchanges.filter(({ endedBy }) => endedBy === "runner").flatMap(leftOpen);
    },
  },
  {
    id: "answer/openapi",
    says: "is answered as OGL's OpenAPI has it",
    level: "should",
    needs: "wire",
    why: "The gateway's side: what it sends is not what it declares, and clients are made by what it declares.",
    evidence: ["OGL's own OpenAPI, with errata where the real server is known to differ"],
    seenIf: "answers of a live gateway are seen (--upstream, or saved ones)",
    test: ({ exchanges }) => {
      const seen = exchanges.filter(({ drift }) => drift !== undefined);
      if (seen.length === 0) return null;
      return seen.flatMap((exchange) =>
        (exchange.drift ?? []).map((message) => ({
          message: `${lineOf(exchange)}: ${message}`,
          exchanges: [exchange],
        })),
      );
    },
  },
];

const NO_TRAFFIC = `no request came; does the command read ${BASE_VARIABLES.join(", ")}? --env NAME={base} sets other variables, {base}, {url} and {key} in its arguments are replaced by their values`;
const NOTHING_SAVED = "the file has no exchange";
const NO_POST = "no POST that OGL has came: nothing of chats, embeddings or streams was judged";

function isAnswered(exchange: Observed): boolean {
  const status = statusOf(exchange);
  return status !== undefined && status >= 200 && status < 300;
}

/** Whether the author of the tests has asked for this refusal: by a cassette, a fault, a reply or a scenario. */
function isRefusedOnPurpose(exchange: Observed): boolean {
  const { answer, recorded } = exchange;
  const meant =
    recorded || answer.by.kind === "reply" || answer.faults?.some(({ applied }) => applied) === true;
  return meant && !isAnswered(exchange);
}

/** `none of 3 POSTs was answered with 2xx: 404 (2 times), no status`. */
function refusalsOf(exchanges: readonly Observed[]): string {
  const isPost = exchanges.every(({ request }) => request.method === "POST");
  const counts = Map.groupBy(exchanges, (exchange) => String(statusOf(exchange) ?? "no status"));
  const statuses = [...counts].map(([status, { length }]) =>
    length === 1 ? status : `${status} (${length} times)`,
  );
  const noun = isPost ? "POST" : "request";
  const all = exchanges.length === 1 ? `the one ${noun} was not` : `none of ${exchanges.length} ${noun}s was`;
  return `${all} answered with 2xx: ${statuses.join(", ")}`;
}

function isLong({ answer, operation }: Observed): boolean {
  return operation === "chat.stream" || answer.script.ops.some(({ op }) => op === "stall");
}

function leftOpen(exchange: Observed): TrafficFinding[] {
  if (isWhole(exchange)) return [];
  const { writes } = exchange.delivery;
  return [
    {
      message: `${lineOf(exchange)} was still open after ${writes} ${writes === 1 ? "write" : "writes"} when the command was at its end`,
      exchanges: [exchange],
    },
  ];
}

/** The mock's explanation of a miss; saved traffic may not have kept it. */
function missOf({ answer: { by } }: Observed): string {
  return by.kind === "miss" ? by.detail : answeredByText(by);
}
