/** `device` of a meter: what Meterport may do there as a device of the grid. */
import { displayIcons } from "@meterport/client/meter/write/display";
import { liveKeys } from "@meterport/protocol/meaning/readings";
import { z } from "zod";
import { deviceRights, houseIcons } from "../settings/device-settings.ts";
import { duration, listUpTo, oneOf, quoted, shown, slug, text, textUpTo, wholeNumber } from "../settings/leaves.ts";
import { formed, setting } from "../settings/setting.ts";

const live = { restart: false } as const;
const few = { ...live, aside: true } as const;

const hexBytes = (least: number, most: number) =>
  text.regex(new RegExp(`^([0-9A-Fa-f]{2}){${least},${most}}$`), {
    error: least === most ? `must be ${least} bytes in hex` : `must be ${least} to ${most} bytes in hex`,
  });

const amount = formed(
  text.transform((value, ctx): number => {
    const number = /^\d{1,9}(\.\d{1,6})?$/.test(value) ? Number(value) : 0;
    if (number > 0) return number;
    ctx.addIssue(`${quoted(value)} is not a number above 0`);
    return z.NEVER;
  }),
  { anyOf: [{ type: "number", exclusiveMinimum: 0 }, { type: "string" }] },
);

const messages = [
  "scheduled-read",
  "scheduled-read-and-alarms",
  "on-demand",
  "clear-mbus-alert",
  "clear-delta-alert",
] as const;
const postFields = ["success", "transaction", "handle", "alarms", "length8", "length16", "data"] as const;
const iconNames = Object.keys(displayIcons) as [keyof typeof displayIcons, ...(keyof typeof displayIcons)[]];

export const deviceSchema = z.strictObject({
  rights: setting(listUpTo(oneOf(deviceRights), deviceRights.length, "one of each"), {
    ...few,
    text: "What it may do at this meter, each named: `register`, `replace` another device, `answer` the head-end, take `files`, use the `display`, `watch` sources.",
    example: "[register, display]",
  }),
  manufacturer: setting(hexBytes(3, 3), {
    ...few,
    text: "The three bytes that the OSGP Alliance gave to the maker of this device, in hex.",
    example: '"010203"',
  }),
  class: setting(wholeNumber(0, 255), {
    ...few,
    text: "The class of the device: 0 LonTalk, 1 ZigBee, 4 C-Band, 5 OSGP.",
    example: "5",
    fallback: "5",
  }).optional(),
  program: setting(hexBytes(0, 20), {
    ...few,
    text: "The program id of the identification, in hex: usually 4 or 6 bytes.",
    example: '"01000001"',
    fallback: "none",
  }).optional(),
  unique: setting(hexBytes(1, 23), {
    ...few,
    text: "The unique id of the identification, in hex. The meter counts another id as another device.",
    example: '"0a1b2c3d"',
  }),
  post: setting(oneOf(["none", "third-party"]), {
    ...few,
    text: "How messages to the head-end (EP39) are written, which no public document describes: `third-party` is what a public program sends, unverified.",
    example: "third-party",
    fallback: "none",
  }).optional(),
  forms: setting(
    listUpTo(
      z.strictObject({
        message: setting(oneOf(messages), { ...few, text: "Which message.", example: "on-demand" }),
        type: setting(wholeNumber(0, 255), { ...few, text: "Its type number.", example: "6" }),
        fields: setting(listUpTo(oneOf(postFields), 8, "more fields than there are"), {
          ...few,
          text: "The fields after the type, in their order: `success` and `length8` are a byte, the other numbers two.",
          example: "[transaction, handle, success, length16, data]",
        }),
      }),
      messages.length,
      "one for each message",
    ),
    {
      ...few,
      text: "The forms of EP39 from documents of your own; they win over `post`.",
      example: "[{ message: clear-delta-alert, type: 12, fields: [] }]",
      fallback: "none",
    },
  ).optional(),
  sources: setting(
    listUpTo(
      z.strictObject({
        name: setting(slug, { ...few, text: "The name of the source in addresses.", example: "water" }),
        quantity: setting(shown(textUpTo(60, "because it is a name")), {
          ...few,
          text: "What it measures, as M-Bus names it.",
          example: "volume",
        }),
        unit: setting(shown(textUpTo(20, "because it is a unit")), {
          ...few,
          text: "Its unit.",
          example: "m³",
          fallback: "none",
        }).optional(),
        max_age: setting(duration("1s", "31d", '"2h"'), {
          ...few,
          text: "A value that is older is not sent: the head-end gets no answer rather than an old one.",
          example: "2h",
        }),
        topic: setting(shown(textUpTo(200, "because no topic is longer")), {
          ...few,
          text: "The topic at `broker` that it comes from, as a number or as JSON with `value`.",
          example: "cellar/water",
          fallback: "by HTTP",
        }).optional(),
      }),
      32,
      "because an answer holds 506 bytes",
    ),
    {
      ...few,
      text: "Readings of your own that the head-end gets when it asks.",
      example: '[{ name: water, quantity: volume, unit: "m³", max_age: 2h }]',
      fallback: "none",
    },
  ).optional(),
  broker: setting(text.regex(/^mqtts?:\/\/[^\s]{1,200}$/, { error: "must be mqtt://host:port or mqtts://host:port" }), {
    ...few,
    text: "The broker of the topics. User and password come from `METERPORT_MQTT_USER` and `METERPORT_MQTT_PASSWORD`.",
    example: '"mqtt://127.0.0.1:1883"',
    fallback: "none",
  }).optional(),
  most_file_bytes: setting(wholeNumber(1, 16_777_216), {
    ...few,
    text: "The longest file that is taken.",
    example: "1048576",
    unit: "bytes",
    fallback: "1048576",
  }).optional(),
  display: setting(
    listUpTo(
      z.strictObject({
        place: setting(wholeNumber(0, 63), { ...few, text: "The place of the display, from 0.", example: "0" }),
        key: setting(oneOf(liveKeys as unknown as readonly [string, ...string[]]), {
          ...few,
          text: "The live value that it shows, as a whole number.",
          example: "power_w",
        }),
        icons: setting(listUpTo(oneOf(iconNames), iconNames.length, "one of each"), {
          ...few,
          text: `The icons beside it: ${iconNames.join(", ")}.`,
          example: "[kW]",
          fallback: "none",
        }).optional(),
      }),
      16,
      "because no display has more places",
    ),
    {
      ...few,
      text: "What it shows on the meter's display.",
      example: "[{ place: 0, key: power_w }]",
      fallback: "none",
    },
  ).optional(),
  house: setting(oneOf(houseIcons), {
    ...few,
    text: "When the house on the display is lit: `on` always, `exporting` while more power is exported than imported. Of two devices the meter lets one drive it.",
    example: "exporting",
    fallback: "as it was",
  }).optional(),
  watch: setting(
    listUpTo(
      z.strictObject({
        source: setting(wholeNumber(0, 65_535), { ...few, text: "The id of the source.", example: "8" }),
        delta: setting(amount, { ...few, text: "The least change that is told, in its unit.", example: "500" }),
      }),
      32,
      "because ET71 is shorter",
    ),
    { ...few, text: "What the meter watches for it (ET71).", example: "[{ source: 8, delta: 500 }]", fallback: "none" },
  ).optional(),
});

export type DeviceInput = z.output<typeof deviceSchema>;
