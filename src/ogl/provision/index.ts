/** Provisioning: the requests of the admin API that make a fresh instance look like a world. */
export { PRINTED_VALUES, type ProvisionPlan, type ProvisionStep, provisionPlan } from "./plan.ts";
