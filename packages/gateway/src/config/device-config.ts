/** `device` of a meter, checked as a whole. */

import { fromHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import {
  type PostForm,
  type PostForms,
  type PostKind,
  thirdPartyForms,
} from "@meterport/protocol/procedures/post-messages";
import { mepIdentification } from "@meterport/protocol/tables/extended/mep-identification";
import type { DeviceSettings } from "../settings/device-settings.ts";
import { checkSource } from "../settings/source-record.ts";
import type { DeviceInput } from "./device-schema.ts";

/** The schema has checked the digits. */
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);

const usualFile = 1_048_576;

const formsOf = ({ post, forms = [] }: DeviceInput): PostForms => {
  const own: Partial<Record<PostKind, PostForm>> = {};
  for (const { message, type, fields } of forms) own[message] = { type, fields };
  return { ...(post === "third-party" ? thirdPartyForms : {}), ...own };
};

/** @throws UsageError (`device`) for parts that contradict each other */
export const deviceConfig = (input: DeviceInput): DeviceSettings => {
  const { manufacturer, class: deviceClass = 5, program = "", unique, sources = [], broker } = input;
  const rights = [...new Set(input.rights)];
  const wrong = (message: string): never => {
    throw new UsageError("device", message);
  };
  for (const right of ["replace", "answer", "files", "watch"] as const)
    if (rights.includes(right) && !rights.includes("register"))
      wrong(`the right ${right} is for a device that is registered: add the right register`);
  const forms = formsOf(input);
  if (rights.includes("answer") && Object.keys(forms).length === 0)
    wrong("the right answer needs the form of the answers: add post: third-party, or forms");
  // Without it the meter would alert each second for ever.
  if ((input.watch ?? []).length > 0 && rights.includes("watch") && forms["clear-delta-alert"] === undefined)
    wrong("watch needs the form of the message that ends its alert: add clear-delta-alert to forms");
  const types = Object.values(forms).map(({ type }) => type);
  if (new Set(types).size !== types.length) wrong("two messages have the same type number in forms");
  const names = new Set(sources.map(({ name }) => name));
  if (names.size !== sources.length) wrong("two sources have the same name: give each its own");
  const withTopic = sources.find(({ topic }) => topic !== undefined);
  if (withTopic !== undefined && broker === undefined)
    wrong(`the source ${withTopic.name} has a topic, and no broker is named: add broker`);
  const settings = sources.map(({ name, quantity, unit = null, max_age, topic }) => ({
    ...{ name, quantity, unit, maxAge: max_age, topic },
  }));
  for (const source of settings) checkSource(source);
  return {
    rights,
    identification: mepIdentification({
      manufacturer: bytesOf(manufacturer),
      deviceClass,
      programId: bytesOf(program),
      uniqueId: bytesOf(unique),
    }),
    forms,
    sources: settings,
    broker,
    mostFileBytes: input.most_file_bytes ?? usualFile,
    display: (input.display ?? []).map(({ place, key, icons = [] }) => ({ place, key: key as LiveKey, icons })),
    house: input.house,
    watch: input.watch ?? [],
  };
};
