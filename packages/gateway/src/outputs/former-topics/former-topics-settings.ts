/** The keys of the output `former_topics`. */
import { duration, oneOf, shown, textUpTo } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { mqttSchema } from "../mqtt/mqtt-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

const live = { restart: false } as const;

/** The readers whose topics it knows. */
export const readers = ["dabbler", "nes-mep-reader", "nes-mep-reader-ha", "osgp-meter"] as const;

/** What stands before the names of entities in the example of osgp_meter. */
export const usualNames = "OSGP Meter";

const base = shown(textUpTo(100, "because it is part of every topic")).regex(/^[^+#$\s]+$/, {
  error: "must be the beginning of a topic: no spaces, no +, # or $",
});

/** It becomes a part of topics and ids. */
const deviceName = shown(textUpTo(64, "because no name in a network is longer")).regex(/^[A-Za-z0-9_-]+$/, {
  error: "must be letters, digits, - and _, as in ams-1a2b",
});

const nameOfEntities = shown(textUpTo(64, "because names are short")).regex(/^[A-Za-z0-9][A-Za-z0-9 _-]*$/, {
  error: "must begin with a letter or a digit, and have only letters from a to z, digits, spaces, - and _",
});

const { url, version, user, password, ca, cert, key, discovery_prefix } = mqttSchema.shape;

export const formerTopicsSchema = outputSchema({
  reader: setting(oneOf(readers), {
    ...live,
    text: "The reader whose topics are published: Dabbler's firmware, NES-MEP-Reader in its raw form or in that for Home Assistant, or ESPHome with `osgp_meter`.",
    example: "dabbler",
  }),
  topic: setting(base, {
    ...live,
    text: "The topic that was configured in the reader.",
    example: "dabbler",
  }),
  repeat: setting(duration("1s", "1h", '"10s"'), {
    ...live,
    text: "How often the values are published.",
    example: "10s",
    fallback: "10s",
  }).optional(),
  device: setting(deviceName, {
    ...live,
    text: "The name of the reader in the network, of which it made the ids of its entities in Home Assistant.",
    aside: true,
    example: "ams-1a2b",
    fallback: "the last part of `topic`",
  }).optional(),
  names: setting(nameOfEntities, {
    ...live,
    text: "What stood before the name of each entity of `osgp_meter`.",
    aside: true,
    example: "Meter",
    fallback: usualNames,
  }).optional(),
  ...{ url, version, user, password, ca, cert, key, discovery_prefix },
});

/** The name of the reader in the network. */
export const deviceOf = ({ device, topic }: Pick<FormerTopicsSettings, "device" | "topic">): string => {
  const last = topic.split("/").findLast((part) => part !== "");
  return device ?? last?.replace(/[^A-Za-z0-9_-]/g, "_") ?? "meter";
};

export type FormerTopicsSettings = ReadSettings<typeof formerTopicsSchema>;
