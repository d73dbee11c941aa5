/** Links to a bridge that carries its bytes in MQTT messages: mqtt://broker/prefix?tx=…&rx=…&qos=1 */
import type { TransportTiming } from "@meterport/protocol/ports";
import { fingerprintOf, hostAndPort, onlySettings, shown, timingNames, timingOf, wrongLink } from "../link-settings.ts";

export interface MqttLink {
  readonly kind: "mqtt";
  /** Whether the way to the broker is inside TLS: mqtts:// */
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** Where bytes for the meter are published. */
  readonly tx: string;
  /** Where bytes from the meter arrive. */
  readonly rx: string;
  /** 0: sent once. 1: sent until the broker has it. Exactly once (2) costs more time than repeating a request. */
  readonly qos: 0 | 1;
  readonly fingerprint?: string;
  readonly timing?: TransportTiming;
}

const ports = { "mqtt:": 1883, "mqtts:": 8883 } as const;
/** The protocol permits 65535 bytes, brokers often less. */
const longestTopic = 512;

const topicOf = (given: string | null, prefix: string, name: "tx" | "rx", text: string): string => {
  if (given === null && prefix === "")
    throw wrongLink(`link "${shown(text)}" names no topic; write mqtt://broker/prefix for prefix/tx and prefix/rx`);
  const topic = given ?? `${prefix}/${name}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a topic must have none.
  if (topic === "" || topic.length > longestTopic || /[+#\x00-\x1f\x7f]/.test(topic))
    throw wrongLink(
      `link "${shown(text)}": ${name} "${shown(topic)}" is not a topic: write up to ${longestTopic} characters without + and #`,
    );
  return topic;
};

/** @throws UsageError (`link`) */
export const mqttLink = (url: URL, text: string): MqttLink => {
  const secure = url.protocol === "mqtts:";
  onlySettings(url, text, ["tx", "rx", "qos", ...(secure ? ["fingerprint"] : []), ...timingNames]);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? ports[secure ? "mqtts:" : "mqtt:"] : Number(url.port);
  if (host === "" || port === 0)
    throw wrongLink(`link "${shown(text)}" is not of the form ${url.protocol}//broker:port/prefix`);
  let prefix: string;
  try {
    prefix = decodeURIComponent(url.pathname).replace(/^\/|\/$/g, "");
  } catch {
    throw wrongLink(`link "${shown(text)}" has a broken % sequence`);
  }
  const tx = topicOf(url.searchParams.get("tx"), prefix, "tx", text);
  const rx = topicOf(url.searchParams.get("rx"), prefix, "rx", text);
  if (tx === rx)
    throw wrongLink(`link "${shown(text)}": tx and rx are the same topic, so our own bytes would come back`);
  const qos = url.searchParams.get("qos") ?? "0";
  if (qos !== "0" && qos !== "1") throw wrongLink(`link "${shown(text)}": qos "${shown(qos)}" is neither 0 nor 1`);
  return {
    kind: "mqtt",
    secure,
    host,
    port,
    tx,
    rx,
    qos: qos === "0" ? 0 : 1,
    ...fingerprintOf(url, text),
    ...timingOf(url, text),
  };
};

/**
 * The link as it is printed.
 *
 * @example
 * mqttName({ secure: false, host: "broker", port: 1883, tx: "attic/tx", rx: "attic/rx" }) // "mqtt://broker:1883/attic"
 */
export const mqttName = ({
  secure,
  host,
  port,
  tx,
  rx,
}: Pick<MqttLink, "secure" | "host" | "port" | "tx" | "rx">): string => {
  const broker = `${secure ? "mqtts" : "mqtt"}://${hostAndPort(host, port)}`;
  const prefix = tx.slice(0, -"/tx".length);
  if (tx === `${prefix}/tx` && rx === `${prefix}/rx`) return `${broker}/${prefix}`;
  return `${broker}?tx=${encodeURIComponent(tx)}&rx=${encodeURIComponent(rx)}`;
};
