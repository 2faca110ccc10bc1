/** A document described for a reader: operations, parameters, bodies, errata. */
export {
  type DescribedBody,
  type DescribedResponse,
  type OperationDescription,
  type OperationSummary,
  describeOperation,
  findOperations,
  listOperations,
} from "./describe.ts";
