/** What a metering point tells Home Assistant of itself: one message with all its entities. */
import type { PointView } from "@meterport/engine/ports/output";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import type { Millis } from "@meterport/protocol/ports";
import { childEntities } from "./child-entities.ts";
import { type Entity, entities, priceEntities } from "./entities.ts";
import type { ShownChild } from "./payloads.ts";
import { bridgeTopics, entityIdOf, gatewayNode, nodeOf, pointTopics } from "./topics.ts";

export interface DiscoveryOptions {
  readonly prefix: string;
  readonly version: string;
  /** How often unchanged values are said again. */
  readonly repeat: Millis;
}

const originOf = ({ version }: DiscoveryOptions) => ({ name: "Meterport", sw_version: version });

const stateTemplate = "{{ value_json.state }}";

/** Home Assistant forgets a live value after this many seconds without a message. */
const expiryOf = (staleAfter: Millis, repeat: Millis): number =>
  Math.ceil(Math.max(60_000, 3 * repeat, 2 * staleAfter) / 1000);

interface Around {
  readonly node: string;
  readonly topics: ReturnType<typeof pointTopics>;
  readonly bridge: { readonly topic: string; readonly value_template: string };
  readonly expiry: number;
}

const componentOf = (entity: Entity, { node, topics, bridge, expiry }: Around) => ({
  platform: entity.platform,
  unique_id: `${node}_${entity.key}`,
  default_entity_id: entityIdOf(entity.platform, `${node}_${entity.key}`),
  name: entity.name,
  state_topic: topics[entity.source],
  ...(entity.template === undefined ? {} : { value_template: entity.template }),
  ...(entity.source === "live" || entity.source === "price" ? { expire_after: expiry } : {}),
  ...(entity.always === true ? { availability: [bridge] } : {}),
  ...entity.more,
});

/**
 * The device message of a point.
 *
 * @param seen values that its meter has shown: what it has not is not declared
 */
export const pointDiscovery = (point: PointView, seen: ReadonlySet<LiveKey>, options: DiscoveryOptions) => {
  const { prefix, repeat } = options;
  const { link, identity, name } = point.detail();
  const node = nodeOf(prefix, point.id);
  const topics = pointTopics(prefix, point.id);
  const bridge = { topic: bridgeTopics(prefix).state, value_template: stateTemplate };
  const around = { node, topics, bridge, expiry: expiryOf(link.stale_after_ms, repeat) };
  const serial = identity?.serial ?? identity?.utility_serial;
  const currency = point.price()?.currency;
  const declared = [
    ...entities.filter(({ needs }) => needs === undefined || seen.has(needs)),
    ...(currency === undefined ? [] : priceEntities(currency)),
  ];
  return {
    device: {
      identifiers: [node],
      name: point.name === "" ? name : point.name,
      manufacturer: identity?.manufacturer ?? "NES",
      ...(identity?.model == null ? {} : { model: identity.model }),
      ...(serial == null ? {} : { serial_number: serial }),
      ...(identity?.firmware == null ? {} : { sw_version: identity.firmware }),
      via_device: gatewayNode(prefix),
    },
    origin: originOf(options),
    availability: [bridge, { topic: topics.availability, value_template: stateTemplate }],
    availability_mode: "all",
    qos: 1,
    components: Object.fromEntries(declared.map((entity) => [entity.key, componentOf(entity, around)])),
  };
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The device message of a meter behind another one. */
export const childDiscovery = (child: ShownChild, options: DiscoveryOptions) => {
  const { prefix } = options;
  const node = nodeOf(prefix, child.id);
  const topics = pointTopics(prefix, child.id);
  const bridge = { topic: bridgeTopics(prefix).state, value_template: stateTemplate };
  const around = { node, topics, bridge, expiry: 0 };
  return {
    device: {
      identifiers: [node],
      name: `${capital(child.medium ?? "M-Bus")} meter ${child.serial}`,
      ...(child.manufacturer === null ? {} : { manufacturer: child.manufacturer }),
      serial_number: child.serial,
      via_device: nodeOf(prefix, child.parent),
    },
    origin: originOf(options),
    availability: [bridge],
    qos: 1,
    components: Object.fromEntries(childEntities(child).map((entity) => [entity.key, componentOf(entity, around)])),
  };
};

/** The device message of the gateway itself. */
export const gatewayDiscovery = (options: DiscoveryOptions) => {
  const { prefix, version } = options;
  const node = gatewayNode(prefix);
  const topics = bridgeTopics(prefix);
  const common = (platform: string, key: string) => ({
    platform,
    unique_id: `${node}_${key}`,
    default_entity_id: entityIdOf(platform, `${node}_${key}`),
    entity_category: "diagnostic",
  });
  return {
    device: {
      identifiers: [node],
      name: "Meterport",
      manufacturer: "Meterport",
      model: "Gateway",
      sw_version: version,
    },
    origin: originOf(options),
    qos: 1,
    components: {
      connection: {
        ...common("binary_sensor", "connection"),
        name: "Connection",
        state_topic: topics.state,
        value_template: "{{ 'ON' if value_json.state == 'online' else 'OFF' }}",
        device_class: "connectivity",
      },
      meters_up: {
        ...common("sensor", "meters_up"),
        name: "Meters with values",
        state_topic: topics.health,
        value_template: "{{ value_json.points_up }}",
        state_class: "measurement",
        enabled_by_default: false,
        availability: [{ topic: topics.state, value_template: stateTemplate }],
      },
    },
  };
};
