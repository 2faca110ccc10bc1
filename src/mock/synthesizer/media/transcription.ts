import { createHash } from "node:crypto";
import { asgiResponse, pythonFloat, reprFloat } from "../../../asgi/index.ts";
import type { Answer } from "../../../exchange/index.ts";
import { type Generation, countCompletion, generationOf, usageObject } from "../../../ogl/index.ts";
import { digestOf, synthesized } from "../base/index.ts";
import { answered } from "../chat/index.ts";
import { type Language, detectLanguage } from "../text/index.ts";
import { durationOf } from "./duration.ts";
import { type MediaRequest, mediaFields, fileOf, freeUsage, textField } from "./request.ts";
import { subRip, webVtt } from "./subtitles.ts";
import { type SpokenSegment, transcriptOf, transcriptText } from "./transcript.ts";

/** Formats that are texts, with their media types (api/domain/audio/entities.py 12b907aa). */
const TEXTS: Readonly<
  Record<string, readonly [type: string, print: (segments: readonly SpokenSegment[]) => string]>
> = {
  text: ["text/plain; charset=utf-8", transcriptText],
  srt: ["application/x-subrip", subRip],
  vtt: ["text/vtt; charset=utf-8", webVtt],
};

/**
 * Makes a transcription. Its text is as long as the sound lasts, and the same for the same sound.
 *
 * @returns `undefined` if the model is none that transcribes
 */
export function transcription(request: MediaRequest): Answer | undefined {
  const { ogl, state, exchange } = request;
  const fields = mediaFields(request);
  const name = textField(fields["model"]);
  const router = state.routerOf(name, exchange.session);
  if (router?.model.type !== "automatic-speech-recognition") return undefined;
  const { content } = fileOf(fields);
  const language = spokenLanguage(textField(fields["language"]), textField(fields["prompt"]));
  const sound = createHash("sha256").update(content).digest("hex");
  const duration = durationOf(content);
  const segments = transcriptOf(duration, language, sound);
  const by = synthesized(`a transcript of ${Math.round(duration * 10) / 10} s of sound`);
  const format = textField(fields["response_format"]);
  const asText = TEXTS[format];
  if (asText !== undefined) {
    const [type, print] = asText;
    return { by, script: asgiResponse(200, Buffer.from(print(segments)), [], type) };
  }
  const generation = generationOf(ogl);
  const isMistral = router.providerType === "mistral";
  const { file: _, ...others } = fields;
  const id = digestOf(name, sound, others).slice(0, 32);
  const text = transcriptText(segments);
  const tokens = {
    prompt: countCompletion([textField(fields["prompt"])], 1),
    completion: countCompletion([text], 1),
  };
  const usage = generation.countsMedia ? usageObject(ogl, router.model, tokens) : freeUsage(ogl, 0);
  const parts = isMistral
    ? NO_PARTS
    : formatParts(generation, format, segments, duration, textField(fields["language"]) || language);
  return answered(
    {
      id: transcriptionId(generation, isMistral, id),
      text,
      model: name,
      ...(generation.listsSegments ? { segments: parts.segments } : {}),
      usage,
      ...parts.more,
      ...(generation.listsSegments || parts.segments === null ? {} : { segments: parts.segments }),
    },
    by,
  );
}

function transcriptionId({ reprintsAnswers }: Generation, isMistral: boolean, digest: string): string {
  if (reprintsAnswers) return digest;
  return isMistral ? `chatcmpl-${digest}` : `request-${digest}`;
}

/** Least words of a prompt that tells a language. */
const MIN_WORDS = 5;

/** The language of a transcript: the one that is wanted for by code or name, else that of the prompt. */
function spokenLanguage(wanted: string, prompt: string): Language {
  if (wanted !== "") return /^(?:fr|french)$/.test(wanted) ? "fr" : "en";
  // Names alone, of which many a prompt consists, tell no language.
  return prompt.split(" ").length < MIN_WORDS ? "en" : detectLanguage([prompt]);
}

/** Members of an answer beside its text. */
interface Parts {
  readonly segments: readonly object[] | null;
  readonly more: object;
}

const NO_PARTS: Parts = { segments: null, more: {} };

function formatParts(
  { listsSegments }: Generation,
  format: string,
  segments: readonly SpokenSegment[],
  duration: number,
  language: string,
): Parts {
  if (format === "diarized_json") return { segments: segments.map(diarized), more: {} };
  if (format !== "verbose_json") return NO_PARTS;
  const details = segments.map(segmentDetails);
  return {
    segments: listsSegments
      ? segments.map((segment, id) => ({ ...diarized(segment, id), speaker: null, ...details[id] }))
      : details,
    // vLLM gives the duration as a text, and no words (observed on 0.4.1: audio-20-verbose).
    more: { task: "transcribe", language, duration: reprFloat(duration), words: null },
  };
}

const SPEAKERS = ["A", "B"];

/** A segment with its speaker: two take turns. */
function diarized({ text, start, end }: SpokenSegment, id: number): object {
  return {
    id,
    type: "transcript.text.segment",
    text,
    start: pythonFloat(start),
    end: pythonFloat(end),
    speaker: SPEAKERS[id % SPEAKERS.length],
  };
}

/** A segment with what vLLM says of it (observed on 0.4.1: audio-20-verbose). */
function segmentDetails({ text, start, end }: SpokenSegment, id: number): object {
  return {
    id,
    avg_logprob: -0.2,
    compression_ratio: 1.1,
    end: pythonFloat(end),
    no_speech_prob: null,
    seek: 0,
    start: pythonFloat(start),
    temperature: pythonFloat(0),
    text,
    tokens: [...text.split(" ").keys()],
  };
}
