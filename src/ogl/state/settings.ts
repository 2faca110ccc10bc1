import type { GatewaySettings } from "./entities/index.ts";
import type { World } from "./types.ts";

/** The settings of a world's gateway. */
export function settingsOf(world: World, masterKey: string | undefined): GatewaySettings {
  const { vectorStore = false, parser = false, maxKeyDays = null, searchRefresh = 0, upstreams } = world;
  const { vectorModel = firstVectorModel(world) } = world;
  return { vectorStore, vectorModel, parser, maxKeyDays, searchRefresh, upstreams, masterKey };
}

function firstVectorModel({ models }: World): string | undefined {
  return models.find(({ type }) => type === "text-embeddings-inference")?.id;
}
