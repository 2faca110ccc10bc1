/** A small app: it answers by OpenAI's package, and knows nothing of gatetape. */
import OpenAI from "openai";

const client = new OpenAI();
const model = "qwen3-coder";

export async function ask(question) {
  const answer = await client.chat.completions.create({
    model,
    messages: [{ role: "user", content: question }],
  });
  return answer.choices[0].message.content;
}

export async function tell(question) {
  const stream = await client.chat.completions.create({
    model,
    messages: [{ role: "user", content: question }],
    stream: true,
  });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  return text;
}

export async function models() {
  const list = await client.models.list();
  return list.data.map(({ id }) => id);
}
