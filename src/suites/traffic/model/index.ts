/** Traffic as the checks see it. */
export {
  type ExpectedParam,
  type TrafficCheck,
  type TrafficContext,
  type TrafficFinding,
  eachExchange,
  findingMessages,
} from "./traffic-check.ts";
export {
  type Observed,
  type Traffic,
  answerBody,
  answerHeader,
  observedBody,
  isWhole,
  lineOf,
  observe,
  requestHeader,
  runTraceOf,
  statusOf,
} from "./traffic.ts";
