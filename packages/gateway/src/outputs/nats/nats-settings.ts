/** The keys of the output `nats`. */
import { filePath } from "../../settings/file-path.ts";
import { onOff, shown, textUpTo } from "../../settings/leaves.ts";
import { secretText } from "../../settings/secret-value.ts";
import { setting } from "../../settings/setting.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

const live = { restart: false } as const;

const address = shown(textUpTo(1_024, "because no address is longer")).superRefine((value, ctx) => {
  if (!/^(nats|tls):\/\/[^/]/.test(value) || !URL.canParse(value)) {
    ctx.addIssue("must be the address of a NATS server, such as nats://192.168.1.5:4222, or tls://nats.example.org");
    return;
  }
  const { username, password } = new URL(value);
  if (username !== "" || password !== "")
    ctx.addIssue("holds a user or a password: write them as user and password beside it");
});

/** Its parts are separated by dots, and none may be a wildcard. */
const prefix = textUpTo(100, "because it is part of every subject").regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, {
  error: "must be the beginning of a subject: letters, digits, - and _, with dots between its parts",
});

export const natsSchema = outputSchema({
  url: setting(address, {
    ...live,
    text: "The address of the server: `nats://`, or `tls://` for TLS.",
    example: "nats://192.168.1.5:4222",
  }),
  user: setting(shown(textUpTo(256, "because no name is longer")), {
    ...live,
    text: "The user.",
    aside: true,
    example: "meterport",
    fallback: "none",
  }).optional(),
  password: setting(secretText, {
    ...live,
    text: "The user's password: as it is, `@FILE`, `@credential:NAME` or `sealed:…`.",
    aside: true,
    example: '"@nats.password"',
    fallback: "none",
  }).optional(),
  token: setting(secretText, {
    ...live,
    text: "A token in place of user and password.",
    aside: true,
    example: '"@nats.token"',
    fallback: "none",
  }).optional(),
  ca: setting(filePath, {
    ...live,
    text: "A file in PEM with the certificate that has signed that of the server.",
    aside: true,
    example: "nats-ca.pem",
    fallback: "those that Node trusts",
  }).optional(),
  prefix: setting(prefix, {
    ...live,
    text: "The first part of all subjects. Two gateways at one server need two prefixes.",
    example: "meterport",
    fallback: "meterport",
  }).optional(),
  jetstream: setting(onOff, {
    ...live,
    text: "Whether a change is delivered when a stream has stored it, not when the server has it.",
    aside: true,
    example: "on",
    fallback: "off",
  }).optional(),
  live_values: setting(onOff, {
    ...live,
    text: "Whether each reading is published, not only changes.",
    aside: true,
    example: "off",
    fallback: "on",
  }).optional(),
});

export type NatsSettings = ReadSettings<typeof natsSchema>;
