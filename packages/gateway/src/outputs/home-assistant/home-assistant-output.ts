import type { Output } from "@meterport/engine/ports/output";
import type { HomeAssistantSettings } from "./home-assistant-settings.ts";
export const openHomeAssistant =
  (_settings: HomeAssistantSettings): Output["open"] =>
  async () => {
    throw new Error("soon");
  };
