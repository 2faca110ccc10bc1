/** Checks of embeddings. */
import {
  type ServerCheck,
  type ServerExchange,
  answeredObject,
  answeredStatus,
  answeredBodyText,
  eachAnswer,
  isSuccess,
  objectsAmong,
  shownExchange,
} from "../model/index.ts";
import { usageProblems } from "./chat-parts.ts";

const NUMBERS = ["embeddings.batch", "embeddings.single", "embeddings.again"];
const NO_EMBEDDING = "no embeddings were answered";
/** Cosine from which on two vectors are of the same text, though computed in another batch. */
const SAME = 0.999;
/** Difference of a length from 1 that rounding explains. */
const ROUNDING = 0.01;

/** Checks of embeddings. */
export const EMBEDDING_CHECKS: readonly ServerCheck[] = [
  {
    id: "embeddings/answer",
    says: "gives a vector for each text, numbered from 0 in their order",
    level: "must",
    why: "Clients put the vectors beside their texts by position.",
    rule: "OpenAI API, Embeddings, The embedding object: index; OpenAPI /components/schemas/Embeddings",
    ...eachAnswer(
      NUMBERS,
      isSuccess,
      (exchange) => {
        const data = objectsAmong(answeredObject(exchange)?.["data"]);
        const count = inputCount(exchange);
        return [
          ...(data.length === count ? [] : [`${count} texts were sent, ${data.length} vectors came`]),
          ...(data.every(({ index }, i) => index === i)
            ? []
            : [`the indices are ${JSON.stringify(data.map(({ index }) => index))}`]),
        ];
      },
      NO_EMBEDDING,
    ),
  },
  {
    id: "embeddings/numbers",
    says: "gives vectors as numbers unless base64 was asked for",
    level: "must",
    why: "A client that asked for nothing can't read base64.",
    rule: "OpenAI API, Embeddings, Create: encoding_format is float by default",
    ...eachAnswer(
      NUMBERS,
      isSuccess,
      (exchange) =>
        answeredVectors(exchange).every((vector) => vector !== undefined)
          ? []
          : ["a vector is no list of numbers"],
      NO_EMBEDDING,
    ),
  },
  {
    id: "embeddings/dimension",
    says: "gives all vectors of a model the same dimension",
    level: "must",
    why: "A vector store takes one dimension.",
    rule: "OpenAI API, Embeddings, The embedding object: the length depends on the model",
    probes: NUMBERS,
    test: (seen) => {
      const answers = NUMBERS.flatMap((probe) => seen(probe)).filter(isSuccess);
      const sizes = new Set(
        answers.flatMap((exchange) => answeredVectors(exchange).flatMap((vector) => vector?.length ?? [])),
      );
      if (sizes.size === 0) return { unseen: NO_EMBEDDING };
      return sizes.size === 1
        ? []
        : [{ message: `the vectors have the dimensions ${[...sizes].join(", ")}`, exchanges: answers }];
    },
  },
  {
    id: "embeddings/norm",
    says: "gives vectors of length 1",
    level: "may",
    why: "Clients that use the dot product for the cosine rank wrongly.",
    rule: "OpenAI API, Embeddings guide: embeddings are normalized to length 1",
    ...eachAnswer(
      NUMBERS,
      isSuccess,
      (exchange) => {
        const lengths = answeredVectors(exchange).flatMap((vector) =>
          vector === undefined ? [] : [lengthOf(vector)],
        );
        const odd = lengths.find((length) => Math.abs(length - 1) > ROUNDING);
        return odd === undefined ? [] : [`a vector has the length ${odd.toFixed(3)}`];
      },
      NO_EMBEDDING,
    ),
  },
  {
    id: "embeddings/order",
    says: "gives a text the same vector in a batch as by itself",
    level: "must",
    why: "Vectors under other texts' numbers spoil an index, and nobody sees it.",
    rule: "OpenAI API, Embeddings, The embedding object: index in the list of inputs",
    probes: ["embeddings.batch", "embeddings.single"],
    test: (seen) => {
      const batch = seen("embeddings.batch").filter(isSuccess);
      const single = seen("embeddings.single").filter(isSuccess);
      const [together] = batch.map(vectorsByIndex);
      if (together === undefined || single.length < together.length) return { unseen: NO_EMBEDDING };
      const apart = single.map((exchange) => answeredVectors(exchange)[0]);
      const moved = together.flatMap((vector, i) => (isSame(vector, apart[i]) ? [] : [i]));
      return moved.length === 0
        ? []
        : [
            {
              message: `the vectors of the texts ${moved.join(", ")} differ from those of the texts by themselves`,
              exchanges: [...batch, ...single],
            },
          ];
    },
  },
  {
    id: "embeddings/deterministic",
    says: "gives the same vectors to the same texts",
    level: "should",
    why: "A search finds nothing if the question's vector moves.",
    rule: "OpenAI API, Embeddings guide: an embedding is a function of its text",
    probes: ["embeddings.batch", "embeddings.again"],
    test: (seen) => {
      const [first, again] = ["embeddings.batch", "embeddings.again"].map((probe) =>
        seen(probe).find(isSuccess),
      );
      if (first === undefined || again === undefined) return { unseen: NO_EMBEDDING };
      const vectors = answeredVectors(again);
      return answeredVectors(first).every((vector, i) => isSame(vector, vectors[i]))
        ? []
        : [{ message: "the same texts got other vectors the second time", exchanges: [first, again] }];
    },
  },
  {
    id: "embeddings/usage",
    says: "gives a usage that adds up",
    level: "must",
    why: "People are billed by it.",
    rule: "OpenAI API, Embeddings, Create: usage; OpenAPI /components/schemas/Usage",
    ...eachAnswer(
      NUMBERS,
      isSuccess,
      (exchange) => usageProblems(answeredObject(exchange)?.["usage"]),
      NO_EMBEDDING,
    ),
  },
  {
    id: "embeddings/base64",
    says: "gives base64 where it is asked for, or refuses it",
    level: "should",
    why: "OpenAI's SDKs ask for base64 unless they are given.",
    rule: "OpenAI API, Embeddings, Create: encoding_format base64",
    ...eachAnswer(
      ["embeddings.base64"],
      (exchange) => answeredStatus(exchange) !== 0,
      (exchange) => {
        const status = answeredStatus(exchange);
        if (isSuccess(exchange)) {
          const data = objectsAmong(answeredObject(exchange)?.["data"]);
          return data.every(({ embedding }) => typeof embedding === "string" || Array.isArray(embedding))
            ? []
            : ["a vector is neither base64 nor a list"];
        }
        const isRefusedByField =
          [400, 422].includes(status) && answeredBodyText(exchange).includes("encoding_format");
        if (isRefusedByField) return [];
        const message = `${shownExchange(exchange)}: base64 is taken, and then fails`;
        return [[422, 500].includes(status) ? { message, erratum: "base64-500" } : message];
      },
      NO_EMBEDDING,
    ),
  },
];

type Vector = readonly number[];

/** Vectors of an answer in its order; `undefined` for one that is no list of numbers. */
function answeredVectors(exchange: ServerExchange): (Vector | undefined)[] {
  return objectsAmong(answeredObject(exchange)?.["data"]).map(({ embedding }) => vectorOf(embedding));
}

function vectorOf(value: unknown): Vector | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers = value.filter((item) => typeof item === "number");
  return numbers.length === value.length ? numbers : undefined;
}

/** Vectors in the order of their indices. */
function vectorsByIndex(exchange: ServerExchange): (Vector | undefined)[] {
  return objectsAmong(answeredObject(exchange)?.["data"])
    .toSorted((a, b) => Number(a["index"]) - Number(b["index"]))
    .map(({ embedding }) => vectorOf(embedding));
}

function inputCount({ request }: ServerExchange): number {
  const { input } = JSON.parse(Buffer.from(request.body ?? []).toString("utf8")) as { input: unknown };
  return Array.isArray(input) ? input.length : 1;
}

const lengthOf = (vector: Vector): number => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

function isSame(a: Vector | undefined, b: Vector | undefined): boolean {
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  const dot = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  return dot >= SAME * lengthOf(a) * lengthOf(b);
}
