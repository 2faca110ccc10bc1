import type { FailOn } from "../../suites/index.ts";
import type { ReportTarget } from "../reporting/index.ts";

/** Parsed flags of `gatetape server`. */
export interface ServerFlags {
  readonly url?: string;
  readonly keyEnv?: string;
  readonly ca?: readonly string[];
  readonly ogl?: string;
  readonly model?: string;
  readonly embeddingModel?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly profile?: string;
  readonly list?: boolean;
  readonly allowLoad?: boolean;
  readonly allowWrites?: boolean;
  readonly faultModels?: boolean;
  readonly journal: string;
  readonly maxRequests: number;
  readonly maxTokens: number;
  readonly timeout: number;
  readonly knownFailures?: string;
  readonly failOn: FailOn;
  readonly report?: ReportTarget[];
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}
