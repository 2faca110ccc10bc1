//! The adapter protocol, version 1, on stdin and stdout, for the crate `opengatellm`.

mod chat;
mod operations;

use opengatellm::Client;
use serde_json::{Value, json};
use std::any::Any;
use std::collections::HashMap;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::task::AbortHandle;

/// One call of the client, and where to put what it surfaces, so that an error later leaves what came before it.
pub struct Call {
    pub params: Value,
    control: Value,
    started: Instant,
    pub outcome: Mutex<Value>,
    /// What went wrong in the adapter's own code: no error of the client.
    fault: Mutex<Option<String>>,
}

impl Call {
    fn new(run: &Value) -> Self {
        let outcome = json!({
            "final": null, "events": null, "models": null, "model": null, "embeddings": null,
            "extra": {}, "error": null, "truncated": null,
        });
        let (params, control) = (run["params"].clone(), run["control"].clone());
        Self {
            params,
            control,
            started: Instant::now(),
            outcome: Mutex::new(outcome),
            fault: Mutex::new(None),
        }
    }

    /// Runs the adapter's own code: a panic in it is the adapter's fault, and none of the crate's.
    pub fn own<T>(&self, work: impl FnOnce() -> T) -> T {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|cause| {
            *self.fault.lock().unwrap() = Some(panic_message(&*cause));
            resume_unwind(cause)
        })
    }

    pub fn surface(&self, field: &str, value: Value) {
        self.outcome.lock().unwrap()[field] = value;
    }

    /// Counts one event of a stream. True when the consumer is to stop here, by `break`.
    pub fn event(&self) -> bool {
        let mut outcome = self.outcome.lock().unwrap();
        let events = outcome["events"].as_u64().unwrap_or(0) + 1;
        outcome["events"] = events.into();
        let at = Value::from(self.started.elapsed().as_millis() as u64);
        match outcome["eventsAtMs"].as_array_mut() {
            Some(times) => times.push(at),
            None => outcome["eventsAtMs"] = json!([at]),
        }
        self.control["cancelAfter"]["events"]
            .as_u64()
            .is_some_and(|last| events >= last)
    }
}

fn panic_message(cause: &(dyn Any + Send)) -> String {
    let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| cause.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic".to_owned())
}

fn say(message: &Value) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{message}").and_then(|()| out.flush());
}

fn hello() -> Value {
    json!({"hello": {
        "protocol": 1,
        "client": {"name": "opengatellm", "version": "0.1.0", "language": "rust", "runtime": "tokio"},
        "operations": operations::NAMES,
        "capabilities": ["cancel", "timeout", "n", "tools", "streamOptions"],
        "base": "root",
        "concurrency": 4,
    }})
}

fn connect(run: &Value) -> Result<Client, opengatellm::Error> {
    let text = |field: &str| run[field].as_str().unwrap_or_default().to_owned();
    let mut builder = Client::builder(text("baseUrl")).api_key(text("apiKey"));
    if let Some(ms) = run["control"]["timeoutMs"].as_u64() {
        builder = builder.timeout(Duration::from_millis(ms));
    }
    builder.build()
}

/// Runs one call. Whoever cancels it from outside drops its future, as users of the crate do.
fn start(run: Value, sessions: &mut HashMap<String, Client>) -> AbortHandle {
    let session = run["session"].as_str().map(str::to_owned);
    let client = match session.as_ref().and_then(|name| sessions.get(name)) {
        Some(client) => Ok(client.clone()),
        None => connect(&run),
    };
    if let (Some(name), Ok(client)) = (session, &client) {
        sessions.insert(name, client.clone());
    }
    let call = Arc::new(Call::new(&run));
    let mine = Arc::clone(&call);
    let operation = run["operation"].as_str().unwrap_or_default().to_owned();
    let work = tokio::spawn(async move {
        if let Err(error) = operations::run(&operation, client, &mine).await {
            mine.surface("error", operations::describe(&error));
        }
    });
    let handle = work.abort_handle();
    let timer = handle.clone();
    tokio::spawn(async move {
        let after = call.control["cancelAfter"]["ms"].as_u64();
        let stop = tokio::spawn(async move {
            let Some(ms) = after else { return };
            tokio::time::sleep(Duration::from_millis(ms)).await;
            timer.abort();
        });
        match work.await {
            Ok(()) => {}
            Err(cause) if cause.is_cancelled() => {
                call.surface(
                    "error",
                    json!({"kind": "abort", "message": "the call was dropped"}),
                );
            }
            Err(cause) => call.surface(
                "error",
                json!({"kind": "other", "message": cause.to_string()}),
            ),
        }
        stop.abort();
        match call.fault.lock().unwrap().take() {
            Some(message) => say(&json!({"failed": {"id": run["id"], "message": message}})),
            None => {
                say(&json!({"result": {"id": run["id"], "outcome": *call.outcome.lock().unwrap()}}))
            }
        }
    });
    handle
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut sessions = HashMap::new();
    let mut running: HashMap<String, AbortHandle> = HashMap::new();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let mut message: Value = serde_json::from_str(&line)?;
        if message.get("hello").is_some() {
            say(&hello());
        } else if let Some(run) = message.get_mut("run") {
            let (id, run) = (
                run["id"].as_str().unwrap_or_default().to_owned(),
                run.take(),
            );
            if operations::NAMES.contains(&run["operation"].as_str().unwrap_or_default()) {
                running.insert(id, start(run, &mut sessions));
            } else {
                say(&json!({"skipped": {"id": id, "reason": "this operation is not offered"}}));
            }
        } else if let Some(cancel) = message.get("cancel") {
            if let Some(call) = cancel["id"].as_str().and_then(|id| running.remove(id)) {
                call.abort();
            }
        } else if let Some(close) = message.get("close") {
            sessions.remove(close["session"].as_str().unwrap_or_default());
        } else if message.get("bye").is_some() {
            break;
        }
    }
    // Not by returning: a call that hangs must not keep the process.
    std::process::exit(0)
}
