/** The keys of the output `former_topics`. */
import { duration, oneOf, shown, textUpTo } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { mqttSchema } from "../mqtt/mqtt-settings.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

const live = { restart: false } as const;

/** The readers whose topics it knows. */
export const readers = ["dabbler", "nes-mep-reader"] as const;

const base = shown(textUpTo(100, "because it is part of every topic")).regex(/^[^+#$\s]+$/, {
  error: "must be the beginning of a topic: no spaces, no +, # or $",
});

const { url, version, user, password, ca, cert, key } = mqttSchema.shape;

export const formerTopicsSchema = outputSchema({
  reader: setting(oneOf(readers), {
    ...live,
    text: "The reader whose topics are published: Dabbler's firmware, or NES-MEP-Reader in its raw form.",
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
  ...{ url, version, user, password, ca, cert, key },
});

export type FormerTopicsSettings = ReadSettings<typeof formerTopicsSchema>;
