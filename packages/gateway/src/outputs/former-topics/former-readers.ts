/** The readers whose topics are published, by their names in the configuration. */
import { dabblerReader } from "./dabbler-topics.ts";
import type { FormerReader } from "./former-reader.ts";
import type { readers } from "./former-topics-settings.ts";
import { nesHomeAssistantReader } from "./nes-home-assistant.ts";
import { nesRawReader } from "./nes-raw-topics.ts";
import { osgpMeterReader } from "./osgp-meter.ts";

export const formerReaders: Readonly<Record<(typeof readers)[number], FormerReader>> = {
  dabbler: dabblerReader,
  "nes-mep-reader": nesRawReader,
  "nes-mep-reader-ha": nesHomeAssistantReader,
  "osgp-meter": osgpMeterReader,
};
