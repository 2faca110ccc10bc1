/** A library of a size, as the text of its only cassette. */
export interface ScaleCase {
  readonly name: string;
  readonly cassette: () => string;
}

const JSON_TYPE = ["content-type", "application/json"];
const WORDS = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor".split(" ");
/** So many words make 1,600 interactions 11 MB. */
const LONG = 450;

function words(n: number): string {
  return Array.from({ length: LONG }, (_, k) => WORDS[(k * 7 + n * 3 + k * (n % 5)) % WORDS.length]).join(
    " ",
  );
}

function interaction(n: number, question: string, answer: string, match?: object): object {
  return {
    name: `interaction ${n}`,
    request: {
      method: "POST",
      target: "/v1/chat/completions",
      headers: [JSON_TYPE],
      json: { model: "m", messages: [{ role: "user", content: question }] },
    },
    ...(match === undefined ? {} : { match }),
    response: {
      status: 200,
      headers: [JSON_TYPE, ["content-length", null]],
      framing: "length",
      body: [
        {
          json: {
            id: `chatcmpl-${n}`,
            object: "chat.completion",
            created: 1_700_000_000 + n,
            model: "m",
            choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }],
            usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
          },
        },
      ],
    },
  };
}

function cassetteOf(count: number, make: (n: number) => object): () => string {
  return () =>
    JSON.stringify(
      {
        cassette: 1,
        about: { title: "scale", origin: "written", ogl: "0.4.5" },
        interactions: Array.from({ length: count }, (_, n) => make(n)),
      },
      null,
      1,
    );
}

const exact = (n: number): object => interaction(n, `question number ${n}`, `answer ${n}`);
const subset = (n: number): object =>
  interaction(n, `question number ${n}`, `answer ${n}`, { body: "subset" });
const long = (n: number): object => interaction(n, `${n} ${words(n)}`, words(n + 1));

/** Sizes of libraries, the smallest first. */
export const SCALE_CASES: readonly ScaleCase[] = [
  { name: "10 exact", cassette: cassetteOf(10, exact) },
  { name: "10,000 exact", cassette: cassetteOf(10_000, exact) },
  { name: "1,000 subsets of one path", cassette: cassetteOf(1000, subset) },
  { name: "5,000 subsets of one path", cassette: cassetteOf(5000, subset) },
  { name: "1,600 exact of 11 MB", cassette: cassetteOf(1600, long) },
];
