/** Requests for collections, documents and searches. */
import {
  type Example,
  textFile,
  pdfFile,
  jsonFile,
  get,
  post,
  chat,
  upload,
  GUIDES,
  OLD,
} from "./requests.ts";

export const DOCUMENTS: readonly Example[] = [
  {
    from: `${GUIDES}/rag.md`,
    asks: "a collection",
    request: post("/v1/collections", { name: "tutorial" }),
    keeps: ["collection", "id"],
  },
  {
    from: `${OLD}/retrieval_augmented_generation.ipynb`,
    asks: "a collection with a model of vectors",
    request: post("/v1/collections", { name: "tutorial", model: "vectors" }),
  },
  {
    from: `${OLD}/RAG_with_parse.ipynb`,
    asks: "a private collection with a description",
    request: post("/v1/collections", { name: "Physics", description: "for tests", visibility: "private" }),
    keeps: ["other", "id"],
  },
  {
    from: `${GUIDES}/rag.md`,
    asks: "an upload of a PDF under the collection's old name",
    request: upload(pdfFile, {}, "collection"),
    keeps: ["document", "id"],
  },
  {
    from: `${OLD}/RAG_with_parse.ipynb`,
    asks: "an upload with the size of chunks, and fields that are no more",
    request: upload(
      textFile,
      {
        output_format: "markdown",
        force_ocr: "false",
        languages: "fr",
        chunk_size: "1000",
        chunk_overlap: "200",
        use_llm: "false",
        paginate_output: "false",
        chunker: "RecursiveCharacterTextSplitter",
        length_function: "len",
        chunk_min_size: "0",
        is_separator_regex: "false",
        metadata: "",
      },
      "collection",
    ),
  },
  {
    from: "docs: parameters of an upload",
    asks: "an upload with metadata",
    request: upload(textFile, { name: "named", metadata: '{"source_date":"2026-01-01"}' }),
  },
  {
    from: `${OLD}/import_knowledge_database.ipynb`,
    asks: "an upload of JSON",
    request: upload(jsonFile, {}),
    refused: 422,
  },
  {
    from: `${GUIDES}/rag.md`,
    asks: "the collection",
    request: get(({ collection }) => `/v1/collections/${collection}`),
  },
  {
    from: "docs: collections",
    asks: "the private collections",
    request: get("/v1/collections?offset=0&limit=10&visibility=private"),
  },
  {
    from: `${OLD}/import_knowledge_database.ipynb`,
    asks: "the document",
    request: get(({ document }) => `/v1/documents/${document}`),
  },
  {
    from: "docs/search.md",
    asks: "the documents of the collection",
    request: get(({ collection }) => `/v1/documents?collection_id=${collection}`),
  },
  {
    from: "docs/search.md",
    asks: "the chunks of the document",
    request: get(({ document }) => `/v1/documents/${document}/chunks`),
  },
  {
    from: "docs: collections",
    asks: "a new name, for everybody to see",
    request: ({ collection }) => ({
      method: "PATCH",
      path: `/v1/collections/${collection}`,
      json: { name: "Updated", visibility: "public", description: "new" },
    }),
  },
  ...["semantic", "lexical", "hybrid"].map((method): Example => ({
    from: `${GUIDES}/rag.md`,
    asks: `a ${method} search by the old names`,
    request: post("/v1/search", ({ collection }) => ({
      prompt: "Who found the electron?",
      collections: [Number(collection)],
      k: 6,
      method,
    })),
  })),
  {
    from: "docs/docs/functionalities/document-management/search.md",
    asks: "a semantic search above a score",
    request: post("/v1/search", ({ collection, other }) => ({
      prompt: "electron",
      collections: [Number(collection), Number(other)],
      method: "semantic",
      limit: 10,
      score_threshold: 0.7,
    })),
  },
  {
    from: "docs/docs/functionalities/document-management/search.md",
    asks: "a hybrid search with its constant",
    request: post("/v1/search", ({ collection }) => ({
      query: "electron",
      collection_ids: [Number(collection)],
      method: "hybrid",
      limit: 10,
      rff_k: 20,
    })),
  },
  {
    from: `${OLD}/retrieval_augmented_generation.ipynb`,
    asks: "a search of the web",
    request: post("/v1/search", ({ collection }) => ({
      prompt: "electron",
      collections: [Number(collection)],
      web_search: true,
      k: 6,
    })),
  },
  {
    from: "albert-api: docs/tutorials/retrieval_augmented_generation.ipynb",
    asks: "a search in the collection that stood for the web",
    request: post("/v1/search", { prompt: "electron", collections: ["internet"], k: 6 }),
    refused: 422,
  },
  ...[false, true].map((stream): Example => ({
    from: `${OLD}/retrieval_augmented_generation.ipynb`,
    asks: `a ${stream ? "streamed " : ""}chat that searches`,
    request: chat(({ collection }) => ({
      stream,
      n: 1,
      search: true,
      search_args: { collections: [Number(collection)], k: 6, method: "semantic" },
    })),
  })),
  {
    from: `${OLD}/RAG_with_parse.ipynb`,
    asks: "a chat that searches with a template and a score",
    request: chat(({ collection }) => ({
      temperature: 0.3,
      max_completion_tokens: 500,
      search: true,
      search_args: {
        collections: [Number(collection)],
        k: 5,
        method: "semantic",
        score_threshold: 0.1,
        template: "{prompt} by {chunks}",
      },
    })),
  },
  {
    from: "docs: collections",
    asks: "an end of the document",
    request: ({ document }) => ({ method: "DELETE", path: `/v1/documents/${document}` }),
  },
  {
    from: `${OLD}/import_knowledge_database.ipynb`,
    asks: "an end of the collection",
    request: ({ collection }) => ({ method: "DELETE", path: `/v1/collections/${collection}` }),
  },
];
