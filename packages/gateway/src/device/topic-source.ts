/** Own sources that come from the topics of an MQTT broker. */
import type { Log } from "@meterport/engine/ports/log";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { DeviceSettings } from "../settings/device-settings.ts";
import type { SourceValue } from "./own-sources.ts";

/** Begins to follow topics; the returned function ends it. */
export type FollowTopics = (take: (name: string, said: SourceValue, at: Millis) => void) => () => void;

const mostPayload = 4_096;

/**
 * The reading in a message: a number alone, or a JSON object with `value` and perhaps `alarms`; undefined if it is none.
 *
 * @example
 * topicReading("12.5") // { value: 12.5 }
 * topicReading('{"value": 3, "unit": "m³", "alarms": 4}') // { value: 3, alarms: 4 }
 */
export const topicReading = (payload: string): { readonly value: number; readonly alarms?: number } | undefined => {
  if (payload.length > mostPayload) return undefined;
  try {
    const said: unknown = JSON.parse(payload);
    const { value, alarms } = (typeof said === "object" && said !== null ? said : { value: said }) as {
      readonly value?: unknown;
      readonly alarms?: unknown;
    };
    if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
    if (alarms === undefined || alarms === null) return { value };
    return typeof alarms === "number" ? { value, alarms } : undefined;
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
        const reading = topicReading(payload.toString("utf8"));
        // A retained message may be of any age, and an old value must not look fresh.
        if (name === undefined || retain) return;
        if (reading === undefined) {
          warn(`the topic ${topic} says no number, and no JSON with value`);
          return;
        }
        try {
          take(name, reading, clock.wall());
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
