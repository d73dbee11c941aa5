/** Own sources that come from the topics of an MQTT broker. */
import type { Log } from "@meterport/engine/ports/log";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { DeviceSettings } from "../settings/device-settings.ts";
import type { SourceValue } from "./own-sources.ts";

/** Begins to follow topics; the returned function ends it. */
export type FollowTopics = (take: (name: string, said: SourceValue, at: Millis) => void) => () => void;

const mostPayload = 4_096;

/**
 * The number in a message: alone, or as `value` of a JSON object; undefined if there is none.
 *
 * @example
 * topicValue("12.5") // 12.5
 * topicValue('{"value": 3, "unit": "m³"}') // 3
 */
export const topicValue = (payload: string): number | undefined => {
  if (payload.length > mostPayload) return undefined;
  try {
    const said: unknown = JSON.parse(payload);
    const value = typeof said === "object" && said !== null ? (said as { readonly value?: unknown }).value : said;
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

export interface TopicDeps {
  /** For the broker, asked for when it is connected to. @throws UsageError */
  readonly credentials: () => { readonly user?: string; readonly password?: string };
  readonly log: Log;
  readonly point: string;
  readonly clock: Clock;
}

/** Undefined if no source has a topic. */
export const topicSource = (
  { sources, broker }: Pick<DeviceSettings, "sources" | "broker">,
  { credentials, log, point, clock }: TopicDeps,
): FollowTopics | undefined => {
  const names = new Map(sources.flatMap(({ name, topic }) => (topic === undefined ? [] : [[topic, name] as const])));
  if (names.size === 0 || broker === undefined) return undefined;
  return (take) => {
    let end = (): void => {};
    let ended = false;
    let said = "";
    /** The same again is not said again. */
    const warn = (sentence: string): void => {
      if (sentence !== said) log.warn(`device: ${sentence}`, { meter: point });
      said = sentence;
    };
    const begin = async (): Promise<void> => {
      const { connect } = await import("mqtt");
      if (ended) return;
      const { user, password } = credentials();
      const client = connect(broker, {
        ...(user === undefined ? {} : { username: user }),
        ...(password === undefined ? {} : { password }),
        ...{ reconnectPeriod: 5_000, connectTimeout: 10_000 },
      });
      end = () => void client.end(true);
      client.on("connect", () => {
        said = "";
        client.subscribe([...names.keys()], { qos: 1 });
      });
      client.on("error", (error) => warn(`the broker of the sources: ${error.message}`));
      client.on("message", (topic, payload, { retain }) => {
        const name = names.get(topic);
        const value = topicValue(payload.toString("utf8"));
        // A retained message may be of any age, and an old value must not look fresh.
        if (name === undefined || retain) return;
        if (value === undefined) {
          warn(`the topic ${topic} says no number, and no JSON with value`);
          return;
        }
        try {
          take(name, { value }, clock.wall());
        } catch (error) {
          warn(error instanceof Error ? error.message : String(error));
        }
      });
    };
    begin().catch((error: unknown) => warn(`sources: ${error instanceof Error ? error.message : String(error)}`));
    return () => {
      ended = true;
      end();
    };
  };
};
