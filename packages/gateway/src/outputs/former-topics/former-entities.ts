/** Announces entities to Home Assistant as a reader did that is gone: under its ids, so that their history goes on. */
import { entityIdOf } from "../mqtt/topics.ts";
import type { FormerEntity, FormerReader } from "./former-reader.ts";

interface Around {
  readonly reader: FormerReader;
  /** The configured topic. */
  readonly topic: string;
  /** The name of the reader in the network. */
  readonly device: string;
  readonly deviceName: string;
  readonly discoveryPrefix: string;
  /** Milliseconds between two messages. */
  readonly repeat: number;
  readonly meter: { readonly manufacturer: string | null; readonly model: string | null };
  readonly version: string;
}

/** Seconds after which a value is unknown of which nothing more is heard. */
const shortestExpiry = 60;

/** The message that announces an entity, retained. */
export const announcementOf = (
  { name, path, uniqueId, configTopic, objectId, template, more, expires }: FormerEntity,
  { reader, topic, device, deviceName, discoveryPrefix, repeat, meter, version }: Around,
): { readonly topic: string; readonly payload: string } => {
  const { path: state, online, offline } = reader.availability;
  const body = {
    name,
    state_topic: `${topic}${path}`,
    ...(template === undefined ? {} : { value_template: template }),
    unique_id: uniqueId,
    default_entity_id: entityIdOf("sensor", objectId),
    ...more,
    ...(expires ? { expire_after: Math.max(shortestExpiry, Math.ceil((3 * repeat) / 1_000)) } : {}),
    availability: [{ topic: `${topic}${state}`, payload_available: online, payload_not_available: offline }],
    device: {
      identifiers: [device],
      name: deviceName,
      ...(meter.manufacturer === null ? {} : { manufacturer: meter.manufacturer }),
      ...(meter.model === null ? {} : { model: meter.model }),
    },
    origin: { name: "Meterport", sw_version: version },
  };
  return { topic: `${discoveryPrefix}/${configTopic}`, payload: JSON.stringify(body) };
};
