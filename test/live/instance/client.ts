/** A client as people have it: the openai package, through the gate's proxy. Its variables say where. */
import OpenAI from "openai";

const client = new OpenAI({ maxRetries: 0 });
const models = await client.models.list();
const chat = models.data.find((model) => "type" in model && model.type === "text-generation");
if (chat !== undefined) {
  const messages = [{ role: "user" as const, content: "Say one word." }];
  const whole = await client.chat.completions.create({ model: chat.id, messages, max_tokens: 8 });
  let text = "";
  const stream = await client.chat.completions.create({
    model: chat.id,
    messages,
    max_tokens: 8,
    stream: true,
  });
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  console.log(JSON.stringify({ whole: whole.choices[0]?.message.content, stream: text }));
}
