export {
  type AnsweredBy,
  answeredByText,
  type AuthoredReply,
  type CassetteReply,
  upstreamRefusal,
} from "./answered-by.ts";
