//! The crate's types of answers, put into an outcome.

use crate::Call;
use opengatellm::{ChatCompletion, ChatCompletionChunk, ChunkChoice, ToolCall};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An answer in one piece.
pub fn surface(call: &Call, answer: &ChatCompletion) {
    let choices: Vec<Value> = answer
        .choices
        .iter()
        .map(|choice| {
            let calls = choice.message.tool_calls.as_deref().unwrap_or_default();
            json!({
                "index": choice.index,
                "text": choice.message.content,
                "toolCalls": calls.iter().map(tool_call).collect::<Vec<_>>(),
                "finishReason": choice.finish_reason,
            })
        })
        .collect();
    call.surface("final", final_of(&json!(answer), &choices));
    surface_extra(call, answer.search_results.as_ref());
}

fn tool_call(call: &ToolCall) -> Value {
    match call {
        ToolCall::Function { id, function } => {
            json!({"id": id, "name": function.name, "arguments": function.arguments})
        }
        ToolCall::Custom { id, custom } => {
            json!({"id": id, "name": custom.name, "arguments": custom.input})
        }
    }
}

#[derive(Default)]
struct Choice {
    text: Option<String>,
    calls: BTreeMap<u32, (Option<String>, Option<String>, String)>,
    finish_reason: Value,
}

/// Joins the chunks as users of the crate do it: texts one after another, tool calls by their index.
pub struct Joiner<'a> {
    call: &'a Call,
    head: Map<String, Value>,
    choices: BTreeMap<u32, Choice>,
}

impl<'a> Joiner<'a> {
    /// Made when the stream has opened: one that ends without a chunk is an empty answer, not none.
    pub fn new(call: &'a Call) -> Self {
        call.surface("events", 0.into());
        call.surface("final", final_of(&Value::Null, &[]));
        Self {
            call,
            head: Map::new(),
            choices: BTreeMap::new(),
        }
    }

    pub fn add(&mut self, chunk: &ChatCompletionChunk) {
        surface_extra(self.call, chunk.search_results.as_ref());
        self.head.insert("id".into(), json!(chunk.id));
        self.head.insert("model".into(), json!(chunk.model));
        if let Some(usage) = &chunk.usage {
            self.head.insert("usage".into(), json!(usage));
        }
        for choice in &chunk.choices {
            join(self.choices.entry(choice.index).or_default(), choice);
        }
        let choices: Vec<Value> = self
            .choices
            .iter()
            .map(|(index, choice)| shown(*index, choice))
            .collect();
        self.call.surface(
            "final",
            final_of(&Value::Object(self.head.clone()), &choices),
        );
    }
}

fn join(at: &mut Choice, choice: &ChunkChoice) {
    if let Some(text) = &choice.delta.content {
        at.text.get_or_insert_default().push_str(text);
    }
    for piece in choice.delta.tool_calls.as_deref().unwrap_or_default() {
        let (id, name, arguments) = at.calls.entry(piece.index).or_default();
        let function = piece.function.as_ref();
        // An empty one says nothing.
        let given = |text: &String| !text.is_empty();
        *id = piece.id.clone().filter(given).or(id.take());
        *name = function
            .and_then(|f| f.name.clone())
            .filter(given)
            .or(name.take());
        arguments.push_str(
            function
                .and_then(|f| f.arguments.as_deref())
                .unwrap_or_default(),
        );
    }
    if let Some(reason) = &choice.finish_reason {
        at.finish_reason = json!(reason);
    }
}

fn shown(index: u32, choice: &Choice) -> Value {
    let calls = choice.calls.values();
    let calls =
        calls.map(|(id, name, arguments)| json!({"id": id, "name": name, "arguments": arguments}));
    json!({
        "index": index,
        "text": choice.text,
        "toolCalls": calls.collect::<Vec<_>>(),
        "finishReason": choice.finish_reason,
    })
}

fn final_of(head: &Value, choices: &[Value]) -> Value {
    let nothing = json!({"toolCalls": []});
    let first = choices
        .iter()
        .find(|choice| choice["index"] == 0)
        .unwrap_or(&nothing);
    let mut shown = json!({
        "text": first["text"], "toolCalls": first["toolCalls"], "finishReason": first["finishReason"],
        "usage": head["usage"], "id": head["id"], "model": head["model"],
    });
    if choices.len() > 1 {
        shown["choices"] = json!(choices);
    }
    shown
}

/// The one field beside OpenAI's that the crate's types have.
fn surface_extra(call: &Call, results: Option<&Vec<Value>>) {
    if let Some(results) = results {
        call.surface("extra", json!({"search_results": results}));
    }
}
