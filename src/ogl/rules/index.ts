/** OGL's own validators, which its OpenAPI does not show, as data for the FastAPI validator. */
export { fastApiOf } from "./app.ts";
