/**
 * Byte pipes to a meter, for Node: `openLink` opens what a URL names and loads only what that kind of link needs. With it
 * the machine's clock and random bytes, which the other packages take as arguments.
 *
 * In a browser, import `@meterport/transports/web/web-serial` and `@meterport/transports/clock` instead.
 */
export { systemClock, systemEntropy } from "./clock.ts";
export { type LinkTraits, linkTraits } from "./link-traits.ts";
export { type ParsedLink, parseLink, parseMeterLink } from "./link-url.ts";
export { memoryPair } from "./memory.ts";
export { type MqttOptions, openMqtt } from "./mqtt/mqtt.ts";
export type { MqttCredentials } from "./mqtt/mqtt-credentials.ts";
export { mqttCredentials } from "./mqtt/mqtt-credentials.ts";
export { openRfc2217, type Rfc2217Options } from "./network/rfc2217.ts";
export {
  type ListenOptions,
  listenTcp,
  openTcp,
  openUnix,
  type TcpListener,
  type TcpOptions,
  type UnixOptions,
} from "./network/tcp.ts";
export { openTlsBridge, type TlsBridgeOptions } from "./network/tls-bridge.ts";
export { openLink } from "./open.ts";
export { openSerial, type SerialOptions } from "./serial/serial.ts";
export { type AdapterId, type ListOptions, listAdapters, type SerialAdapter } from "./serial/serial-adapters.ts";
