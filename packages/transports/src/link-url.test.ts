import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@meterport/protocol/errors";
import { type Link, parseLink } from "./link-url.ts";

const good: Record<string, Link> = {
  "/dev/ttyUSB0": { kind: "serial", path: "/dev/ttyUSB0", baudRate: 9600 },
  "./meter": { kind: "serial", path: "./meter", baudRate: 9600 },
  COM3: { kind: "serial", path: "COM3", baudRate: 9600 },
  "serial:///dev/ttyUSB0": { kind: "serial", path: "/dev/ttyUSB0", baudRate: 9600 },
  "serial:///dev/ttyUSB0?baud=19200": { kind: "serial", path: "/dev/ttyUSB0", baudRate: 19200 },
  "serial:///dev/ttyUSB0?enable=rts": {
    kind: "serial",
    path: "/dev/ttyUSB0",
    baudRate: 9600,
    enable: { rts: true, pulse: 500 },
  },
  "serial:///dev/ttyUSB0?baud=300&enable=dtr,rts-inverted&pulse=2s&delay=10ms": {
    kind: "serial",
    path: "/dev/ttyUSB0",
    baudRate: 300,
    enable: { dtr: true, rts: false, pulse: 2000 },
    timing: { delay: 10 },
  },
  "usb://0403:6001:A50285BI": {
    kind: "usb",
    adapter: { vendor: "0403", product: "6001", serial: "A50285BI" },
    baudRate: 9600,
  },
  "USB://10C4:EA60:a%20b/?baud=115200&enable=dtr-inverted&pulse=0ms": {
    kind: "usb",
    adapter: { vendor: "10c4", product: "ea60", serial: "a b" },
    baudRate: 115200,
    enable: { dtr: false, pulse: 0 },
  },
  "usb://1a86:7523": { kind: "usb", adapter: { vendor: "1a86", product: "7523" }, baudRate: 9600 },
  "serial:///COM12": { kind: "serial", path: "COM12", baudRate: 9600 },
  "serial:///dev/serial/by-id/a%20b": { kind: "serial", path: "/dev/serial/by-id/a b", baudRate: 9600 },
  "tcp://127.0.0.1:4059": { kind: "tcp", host: "127.0.0.1", port: 4059 },
  "tcp://bridge.local:23/": { kind: "tcp", host: "bridge.local", port: 23 },
  "tcp://[::1]:0": { kind: "tcp", host: "::1", port: 0 },
  "tcp://bridge.local:23?delay=200ms&gap=1s": {
    kind: "tcp",
    host: "bridge.local",
    port: 23,
    timing: { delay: 200, gap: 1000 },
  },
  "rfc2217://[::1]:2217": { kind: "rfc2217", host: "::1", port: 2217, baudRate: 9600 },
  "rfc2217://bridge:23?baud=19200&gap=0ms": {
    kind: "rfc2217",
    host: "bridge",
    port: 23,
    baudRate: 19200,
    timing: { gap: 0 },
  },
  "rfc2217://bridge:23?enable=rts&pulse=1s": {
    kind: "rfc2217",
    host: "bridge",
    port: 23,
    baudRate: 9600,
    enable: { rts: true, pulse: 1000 },
  },
  "unix:///run/meter.sock": { kind: "unix", path: "/run/meter.sock" },
  "tls://bridge:8443": { kind: "tls", host: "bridge", port: 8443 },
  [`tls://bridge:8443?fingerprint=${"Ab:".repeat(31)}cd&delay=50ms`]: {
    kind: "tls",
    host: "bridge",
    port: 8443,
    fingerprint: `${"ab".repeat(31)}cd`,
    timing: { delay: 50 },
  },
  "mqtt://broker/attic/meter": {
    kind: "mqtt",
    secure: false,
    host: "broker",
    port: 1883,
    tx: "attic/meter/tx",
    rx: "attic/meter/rx",
    qos: 0,
  },
  "mqtts://[::1]:8884/?tx=a&rx=b%2Fc&qos=1&delay=1s": {
    kind: "mqtt",
    secure: true,
    host: "::1",
    port: 8884,
    tx: "a",
    rx: "b/c",
    qos: 1,
    timing: { delay: 1000 },
  },
  "pty:///run/meter": { kind: "pty", path: "/run/meter" },
};
const bad: Record<string, RegExp> = {
  "": /no link/,
  ttyUSB0: /no link/,
  "localhost:4059": /write tcp:\/\/localhost:4059/,
  "tcp://localhost": /not of the form tcp:\/\/host:port/,
  "tcp://localhost:99999": /a port is a number from 1 to 65535/,
  "tcp://local host:1": /no URL/,
  "tcp://user:secret@host:1": /^a link has no user name or password/,
  "tcp://host:1#2": /parts that a link does not have/,
  "serial://dev/ttyUSB0": /three slashes: serial:\/\/\/dev\/ttyUSB0/,
  "serial:///dev/ttyUSB0?speed=9600": /unknown setting "speed"; known is baud/,
  "serial:///dev/ttyUSB0?baud=fast": /"fast" is no baud rate/,
  "serial:///dev/ttyUSB0?baud=9500": /"9500" is no baud rate of a meter; they are 300, 600, .*, 115200/,
  "serial:///dev/ttyUSB0?baud=9600&baud=300": /has the setting "baud" twice/,
  "serial:///dev/ttyUSB0?enable=cts": /enable "cts" is not one of rts, dtr, rts-inverted/,
  "serial:///dev/ttyUSB0?enable=rts,rts-inverted": /is not one of/,
  "serial:///dev/ttyUSB0?pulse=1s": /has pulse without enable/,
  "serial:///dev/ttyUSB0?enable=rts&pulse=1h": /pulse "1h" is no time up to 10s/,
  "tcp://host:1?enable=rts": /unknown setting "enable"/,
  "usb://A50285BI": /not of the form usb:\/\/vendor:product:serial; meterport ports shows them/,
  "usb://0403:6001:%": /not of the form usb/,
  "usb://0403:6001:A1/dev?speed=1": /unknown setting "speed"/,
  "serial:///": /names no device/,
  "tls://host:1?fingerprint=12": /64 hex digits, the SHA-256 of its certificate/,
  "rfc2217://host:1?baud=9": /"9" is no baud rate/,
  "tcp://host:1?delay=soon": /delay "soon" is no time up to 60s, like 200ms/,
  "tcp://host:1?gap=2h": /gap "2h" is no time up to 60s/,
  "tcp://host:1?baud=9600": /unknown setting "baud"; known is delay, gap/,
  "mqtt://broker": /names no topic; write mqtt:\/\/broker\/prefix/,
  "mqtt://broker?tx=a": /names no topic/,
  "mqtt://broker/a/+": /tx "a\/\+\/tx" is no topic/,
  "mqtt://broker/a?rx=a/tx": /tx and rx are the same topic/,
  "mqtt://broker/a?qos=2": /qos "2" is neither 0 nor 1/,
  "mqtt://broker/a?fingerprint=12": /unknown setting "fingerprint"/,
  "mqtts://broker/a?fingerprint=12": /64 hex digits/,
  "mqtt://user:secret@broker/a":
    /^a link has no user name or password: set METERPORT_MQTT_USER and METERPORT_MQTT_PASSWORD$/,
  "mqtt://broker/%": /broken % sequence/,
  "unix://run/meter.sock": /three slashes/,
  "http://host:1": /http:\/\/ is no kind of link/,
};

describe("links", () => {
  for (const [text, link] of Object.entries(good)) test(text, () => assert.deepEqual(parseLink(text), link));
  for (const [text, message] of Object.entries(bad))
    test(`refuses "${text}"`, () =>
      assert.throws(
        () => parseLink(text),
        (error: unknown) => error instanceof UsageError && error.code === "link" && message.test(error.message),
      ));
});
