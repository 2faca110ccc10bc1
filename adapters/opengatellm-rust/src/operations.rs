//! The crate's methods, called as its README calls them, and what they raise in the outcome's words.

use crate::Call;
use crate::chat::{self, Joiner};
use futures_util::StreamExt;
use opengatellm::{Client, CreateChatCompletion, EmbeddingsRequest, Error};
use serde_json::{Value, json};
use std::pin::pin;

pub const NAMES: [&str; 5] = [
    "models.list",
    "models.get",
    "embeddings.create",
    "chat.create",
    "chat.stream",
];

/// A body that the crate's types can't express fails here, before anything is sent.
pub async fn run(operation: &str, client: Result<Client, Error>, call: &Call) -> Result<(), Error> {
    let client = client?;
    match operation {
        "models.list" => {
            let models = client.models().await?.data;
            call.own(|| {
                let ids: Vec<String> = models.into_iter().map(|model| model.id).collect();
                call.surface("models", json!(ids));
            });
        }
        "models.get" => {
            let id = call.params["model"].as_str().unwrap_or_default();
            call.surface("model", json!(client.model(id).await?));
        }
        "embeddings.create" => {
            let request: EmbeddingsRequest = serde_json::from_value(call.params.clone())?;
            let data = client.embeddings(&request).await?.data;
            call.own(|| {
                let vectors = data
                    .into_iter()
                    .map(|item| json!({"index": item.index, "embedding": item.embedding}));
                call.surface("embeddings", vectors.collect());
            });
        }
        "chat.create" => {
            let answer = client.chat_completion(&body(call)?).await?;
            call.own(|| chat::surface(call, &answer));
        }
        _ => stream(&client, call).await?,
    }
    Ok(())
}

fn body(call: &Call) -> Result<CreateChatCompletion, Error> {
    Ok(serde_json::from_value(call.params.clone())?)
}

async fn stream(client: &Client, call: &Call) -> Result<(), Error> {
    let body = body(call)?;
    let mut chunks = pin!(client.chat_completion_stream(&body).await?);
    let mut joiner = Joiner::new(call);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        call.own(|| joiner.add(&chunk));
        if call.event() {
            break;
        }
    }
    Ok(())
}

/// The crate gives the body of an error as text, and a stream's errors as text alone.
pub fn describe(error: &Error) -> Value {
    let kind = match error {
        Error::Api { .. } => "api",
        Error::Transport(cause) if cause.is_timeout() => "timeout",
        Error::Transport(_) => "connection",
        Error::Decode(_) => "decode",
        Error::Stream(text) if text.starts_with("Transport error") => "connection",
        Error::Stream(_) => "decode",
        _ => "other",
    };
    let status = match error {
        Error::Api { status, .. } => Some(status),
        _ => None,
    };
    json!({"kind": kind, "status": status, "message": error.to_string()})
}
