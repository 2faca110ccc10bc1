/** Traffic as the checks see it. */
export {
  type ExpectedParam,
  type TrafficCheck,
  type TrafficContext,
  type TrafficFinding,
  eachExchange,
  messagesOf,
} from "./traffic-check.ts";
export {
  type Observed,
  type Traffic,
  answerHeader,
  bodyOf,
  isWhole,
  lineOf,
  observe,
  requestHeader,
  runTraceOf,
  statusOf,
} from "./traffic.ts";
