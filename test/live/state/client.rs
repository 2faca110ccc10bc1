//! Each public method of the crate opengatellm against a mock with state: what one call makes, the next ones show. `probe URL`;
//! panics at the first that is amiss. Collection 1 with document 1, a text of one chunk, is there.

use futures_util::StreamExt;
use opengatellm::{
    ChatMessage, Client, CollectionRequest, CollectionUpdateRequest, CollectionVisibility, CollectionsQuery,
    CreateChatCompletion, CreateDocument, CreateKey, CreateRerankBody, CreateSearch, DocumentsQuery,
    EmbeddingsRequest, EndpointUsage, Error, KeysQuery, SearchMethod, UpdateUserInfo, UsageQuery,
};

const CHAT: &str = "qwen3-coder";
const VECTORS: &str = "nomic-embed-text";
const RANKS: &str = "rerank-tei";

fn status<T: std::fmt::Debug>(result: Result<T, Error>) -> u16 {
    match result {
        Err(Error::Api { status, .. }) => status,
        other => panic!("not refused by the server: {other:?}"),
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

    check("the gateway is healthy", client.health().await.expect("health").status == "ok");
    let health = client.health_models().await.expect("the models' health").data;
    check("so is the chat's model", health.iter().any(|model| model.id == CHAT));
    check("there are metrics", client.metrics().await.expect("metrics").contains("# TYPE"));

    let models = client.models().await.expect("the models").data;
    check("models are listed", [CHAT, VECTORS, RANKS].iter().all(|id| models.iter().any(|model| &model.id == id)));
    check("one of them is shown", client.model(CHAT).await.expect("a model").id == CHAT);
    check("no other is", status(client.model("no-such-model").await) == 404);

    // The account.
    let before = client.me_info().await.expect("the account");
    client.update_me_info(&UpdateUserInfo::new().name("Ferris").email("ferris@example.org")).await.expect("another name");
    let after = client.me_info().await.expect("the account again");
    check("the name is another", after.name.as_deref() == Some("Ferris") && after.email == "ferris@example.org");
    check("the user is the same", after.id == before.id);
    let wrong = UpdateUserInfo::new().password("wrong", "new");
    check("a wrong password is refused", status(client.update_me_info(&wrong).await) == 401);

    // Keys. OGL answers `key` where its OpenAPI, and so this crate, says `token`.
    let made = client.create_key(&CreateKey::new("laptop")).await;
    check("the new key can't be read", matches!(made, Err(ref error) if !matches!(error, Error::Api { .. })));
    let expiring = CreateKey::new("phone").expires(4_000_000_000 / 2);
    check("a second can't, either", client.create_key(&expiring).await.is_err());
    let past = CreateKey::new("old").expires(1);
    check("one of the past is refused", status(client.create_key(&past).await) == 422);
    let order = KeysQuery::new().offset(0).limit(10).order("id", "asc");
    let keys = client.keys(&order).await.expect("the keys").data;
    check("both keys are there", keys.iter().map(|key| key.name.as_str()).eq(["laptop", "phone"]));
    let shown = client.key(keys[0].id).await.expect("the key");
    check("a key is masked", shown.token.len() == 19 && shown.token == keys[0].token);
    client.delete_key(keys[0].id).await.expect("an end of the key");
    check("it is gone", status(client.key(keys[0].id).await) == 404);
    check("it can't go twice", status(client.delete_key(keys[0].id).await) == 404);
    check("the other stays", client.keys(&KeysQuery::new()).await.expect("the keys").data.len() == 1);

    // Models.
    let question = CreateChatCompletion::new(vec![ChatMessage::user("Who found the electron?")], CHAT);
    let chat = client.chat_completion(&question).await.expect("a chat");
    check("a chat is answered", !chat.choices.is_empty());
    let mut stream = client.chat_completion_stream(&question).await.expect("a stream");
    let mut chunks = 0;
    while let Some(chunk) = stream.next().await {
        chunk.expect("a chunk");
        chunks += 1;
    }
    check("a stream comes in pieces", chunks > 2);
    let vectors = client.embeddings(&EmbeddingsRequest::new("electron", VECTORS)).await.expect("vectors");
    check("a text has a vector", vectors.data.len() == 1);
    let ranking = client.rerank(&CreateRerankBody::new("electron", ["a cat", "an electron"], RANKS)).await.expect("a ranking");
    check("texts are ranked", ranking.results.len() == 2);

    // Collections and documents.
    let request = CollectionRequest::new("notes").description("of today").visibility(CollectionVisibility::Private);
    let collection = client.create_collection(&request).await.expect("a collection");
    let shown = client.collection(collection).await.expect("the collection");
    check("the collection is as asked", shown.name == "notes" && shown.owner == "ferris@example.org");
    let update = CollectionUpdateRequest::new().name("letters").description("old ones");
    client.update_collection(collection, &update).await.expect("another name");
    let listed = client.collections(&CollectionsQuery::new().offset(1).limit(1)).await.expect("collections").data;
    check("its name is another", listed.len() == 1 && listed[0].id == collection && listed[0].name == "letters");
    // The crate sends no content type with a file, and OGL parses none without.
    let file = client.create_document("a.txt", b"Some words.".to_vec(), &CreateDocument::new(collection).name("a")).await;
    check("an upload without a type is refused", status(file) == 422);
    let documents = client.documents(&DocumentsQuery::new().collection(1).limit(5)).await.expect("documents").data;
    check("the document is listed", documents.len() == 1 && documents[0].chunks == Some(1));
    check("the document is shown", client.document(1).await.expect("the document").name == documents[0].name);
    let chunks = client.document_chunks(1).await.expect("chunks").data;
    check("it has a chunk", chunks.len() == 1 && chunks[0].document_id == 1);
    check("the chunk is shown", client.chunk(1, 0).await.expect("the chunk").content == chunks[0].content);
    for method in [SearchMethod::Semantic, SearchMethod::Lexical, SearchMethod::Hybrid] {
        let search = CreateSearch::new("electron").collections([1]).limit(3).method(method);
        let found = client.search(&search).await.expect("a search").data;
        check("a search finds it", found.len() == 1 && found[0].chunk.content == chunks[0].content);
        check("by the method asked for", found[0].method == method);
    }
    let elsewhere = CreateSearch::new("electron").collections([999]);
    check("nothing is searched elsewhere", status(client.search(&elsewhere).await) == 404);

    // Uses, the newest first.
    let uses = client.usage(&UsageQuery::new().limit(50)).await.expect("uses").data;
    check("the uses are there", uses.len() >= 5 && uses[0].endpoint.as_deref() == Some("/v1/search"));
    let chats = client.usage(&UsageQuery::new().endpoint(EndpointUsage::ChatCompletions)).await.expect("chats").data;
    check("two of them are chats", chats.len() == 2);

    client.delete_document(1).await.expect("an end of the document");
    check("the document is gone", status(client.document(1).await) == 404);
    check("so are its chunks", status(client.document_chunks(1).await) == 404);
    client.delete_collection(collection).await.expect("an end of the collection");
    check("the collection is gone", status(client.collection(collection).await) == 404);
    check("it can't go twice", status(client.delete_collection(collection).await) == 404);
    check("the other stays", client.collections(&CollectionsQuery::new()).await.expect("collections").data.len() == 1);

    println!("opengatellm: {checks} checks of the state by each public method");
}
