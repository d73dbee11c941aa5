/** The keys of the output `mqtt`. */
import { filePath } from "../../settings/file-path.ts";
import { duration, oneOf, onOff, rate, shown, text, textUpTo } from "../../settings/leaves.ts";
import { secretText } from "../../settings/secret-value.ts";
import { setting } from "../../settings/setting.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

const live = { restart: false } as const;

const brokerUrl = shown(textUpTo(1_024, "because no address is longer")).superRefine((value, ctx) => {
  if (!/^(mqtts?|wss?):\/\/[^/]/.test(value) || !URL.canParse(value)) {
    ctx.addIssue("must be the address of a broker, such as mqtt://192.168.1.5:1883 or mqtts://broker.example.org");
    return;
  }
  const { username, password } = new URL(value);
  if (username !== "" || password !== "")
    ctx.addIssue("holds a user or a password: write them as user and password beside it");
});

/** The first part of topics; it must not read as a pattern. */
const prefix = shown(textUpTo(100, "because it is part of every topic")).regex(
  /^[^+#$/\s][^+#$\s]*[^+#$/\s]$|^[^+#$/\s]$/,
  {
    error: "must be the beginning of a topic: no spaces, no +, # or $, and no / at either end",
  },
);

const clientId = text.regex(/^[A-Za-z0-9_-]{1,64}$/, { error: "must be 1 to 64 letters, digits, - and _" });

export const mqttSchema = outputSchema({
  url: setting(brokerUrl, {
    ...live,
    text: "The address of the broker: `mqtt://`, `mqtts://` for TLS, or `ws://` and `wss://` for WebSockets.",
    example: "mqtt://192.168.1.5:1883",
  }),
  version: setting(oneOf(["5", "3.1.1"]), {
    ...live,
    text: "The version of MQTT. Only 5 knows messages that expire.",
    aside: true,
    example: '"3.1.1"',
    fallback: "5",
  }).optional(),
  user: setting(shown(textUpTo(1_024, "because no name is longer")), {
    ...live,
    text: "The name under which the broker knows the gateway.",
    example: "meterport",
    fallback: "none",
  }).optional(),
  password: setting(secretText, {
    ...live,
    text: "Its password: as it is, `@FILE`, `@credential:NAME` or `sealed:…`.",
    example: '"@mqtt.password"',
    fallback: "none",
  }).optional(),
  client_id: setting(clientId, {
    ...live,
    text: "The client ID, which no other client of the broker may have.",
    aside: true,
    example: "meterport",
    fallback: "made of the prefix",
  }).optional(),
  ca: setting(filePath, {
    ...live,
    text: "A file in PEM with the certificate that has signed that of the broker.",
    aside: true,
    example: "broker-ca.pem",
    fallback: "those that Node trusts",
  }).optional(),
  cert: setting(filePath, {
    ...live,
    text: "The gateway's own certificate in PEM, for a broker that asks for one.",
    aside: true,
    example: "gateway.pem",
    fallback: "none",
  }).optional(),
  key: setting(filePath, {
    ...live,
    text: "The private key of that certificate, in PEM.",
    aside: true,
    example: "gateway.key",
    fallback: "none",
  }).optional(),
  prefix: setting(prefix, {
    ...live,
    text: "The first part of all topics. Two gateways at one broker need two prefixes.",
    example: "meterport",
    fallback: "meterport",
  }).optional(),
  repeat: setting(duration("1s", "1h", '"10s"'), {
    ...live,
    text: "How often registers and status are said again while they do not change.",
    example: "10s",
    fallback: "10s",
  }).optional(),
  expiry: setting(rate("1m", "30d", '"1d"'), {
    ...live,
    text: "After this time without news the broker forgets retained values (MQTT 5).",
    aside: true,
    example: "1d",
    fallback: "off",
  }).optional(),
  home_assistant: setting(onOff, {
    ...live,
    text: "Whether meters announce themselves to Home Assistant: see [home-assistant.md](home-assistant.md).",
    example: "on",
    fallback: "on",
  }).optional(),
  discovery_prefix: setting(prefix, {
    ...live,
    text: "The first part of the topics on which Home Assistant looks for devices.",
    aside: true,
    example: "homeassistant",
    fallback: "homeassistant",
  }).optional(),
});

export type MqttSettings = ReadSettings<typeof mqttSchema>;
