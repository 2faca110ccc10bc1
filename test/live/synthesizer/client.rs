//! What the crate opengatellm makes of synthesized answers. `probe URL`; panics at the first that is amiss.

use futures_util::StreamExt;
use opengatellm::{ChatContent, ChatMessage, Client, CreateChatCompletion, CreateRerankBody, EmbeddingsRequest, Error, FinishReason, ToolCall};
use serde_json::{json, Value};

const MODEL: &str = "qwen3-coder";

fn question() -> CreateChatCompletion {
    CreateChatCompletion::new(vec![ChatMessage::user("What is the weather in Nantes?")], MODEL)
}

fn with_tools(choice: Value) -> CreateChatCompletion {
    let mut request = question();
    request.tools = Some(vec![json!({
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": { "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"] }
        }
    })]);
    request.tool_choice = Some(choice);
    request
}

fn text(message: &ChatMessage) -> &str {
    match message.content.as_ref() {
        Some(ChatContent::Text(text)) => text,
        other => panic!("no text: {other:?}"),
    }
}

fn status(error: Error) -> u16 {
    match error {
        Error::Api { status, .. } => status,
        other => panic!("not refused by the server: {other}"),
    }
}

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).expect("the mock's URL");
    let client = Client::new(&url, Some("sk-test")).expect("a client");
    let mut checks = 0;
    let mut check = |name: &str, right: bool| {
        assert!(right, "{name}");
        checks += 1;
    };

    let whole = client.chat_completion(&question()).await.expect("a chat");
    let said = text(&whole.choices[0].message).to_owned();
    check("text speaks of the question", said.contains("Nantes"));
    check("usage is there", whole.usage.is_some());

    let request = question();
    let mut stream = client.chat_completion_stream(&request).await.expect("a stream");
    let (mut streamed, mut usages, mut finish) = (String::new(), 0, None);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.expect("a chunk");
        usages += usize::from(chunk.usage.is_some());
        for choice in &chunk.choices {
            streamed.push_str(choice.delta.content.as_deref().unwrap_or(""));
            finish = choice.finish_reason.or(finish);
        }
    }
    check("a stream adds up to the text", streamed == said);
    check("a stream has one usage, and ends", usages == 1 && finish == Some(FinishReason::Stop));

    let cut = client.chat_completion(&question().max_completion_tokens(3)).await.expect("a chat");
    check("it is cut", cut.choices[0].finish_reason == FinishReason::Length);

    let called = client.chat_completion(&with_tools(json!("auto"))).await.expect("a call");
    let arguments = match called.choices[0].message.tool_calls.as_deref() {
        Some([ToolCall::Function { function, .. }]) => function.arguments.clone(),
        other => panic!("no call: {other:?}"),
    };
    check("a function is called", serde_json::from_str::<Value>(&arguments).ok() == Some(json!({ "city": "Nantes" })));

    let request = with_tools(json!("required"));
    let mut stream = client.chat_completion_stream(&request).await.expect("a stream");
    let mut parts = String::new();
    while let Some(chunk) = stream.next().await {
        for choice in chunk.expect("a chunk").choices {
            for call in choice.delta.tool_calls.unwrap_or_default() {
                parts.push_str(call.function.and_then(|f| f.arguments).as_deref().unwrap_or(""));
            }
        }
    }
    check("the same call comes in a stream", parts == arguments);

    let mut structured = question();
    let schema = json!({ "type": "object", "properties": { "city": { "type": "string" }, "days": { "type": "integer", "minimum": 1 } }, "required": ["city", "days"], "additionalProperties": false });
    structured.response_format = Some(json!({ "type": "json_schema", "json_schema": { "name": "trip", "schema": schema } }));
    let answer = client.chat_completion(&structured).await.expect("JSON");
    let value: Value = serde_json::from_str(text(&answer.choices[0].message)).expect("JSON");
    check("structured output keeps to its schema", value["city"] == "Nantes" && value["days"].as_i64() >= Some(1));

    let vectors = client.embeddings(&EmbeddingsRequest::new("a bridge", "nomic-embed-text")).await.expect("vectors");
    check("vectors have the model's dimension", vectors.data[0].embedding.len() == 768);

    let documents = ["apple pie", "the weather in Nantes"];
    let ranked = client.rerank(&CreateRerankBody::new("weather in Nantes", documents, "bge-reranker")).await.expect("a ranking");
    check("the nearer document is first", ranked.results[0].index == 1 && ranked.results.len() == 2);

    let unknown = CreateChatCompletion::new(vec![ChatMessage::user("hi")], "nope");
    check("an unknown model is refused", status(client.chat_completion(&unknown).await.unwrap_err()) == 404);
    let nope = with_tools(json!({ "type": "function", "function": { "name": "nope" } }));
    check("a function that is not there is refused", status(client.chat_completion(&nope).await.unwrap_err()) == 400);

    println!("opengatellm for Rust: {checks} checks");
}
