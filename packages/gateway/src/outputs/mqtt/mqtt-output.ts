import type { Output } from "@meterport/engine/ports/output";
import type { MqttSettings } from "./mqtt-settings.ts";
export const openMqtt =
  (_settings: MqttSettings): Output["open"] =>
  async () => {
    throw new Error("soon");
  };
