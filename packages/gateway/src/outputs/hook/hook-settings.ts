/** The keys of the output `hook`. */
import { duration, listUpTo, shown, textUpTo, wholeNumber } from "../../settings/leaves.ts";
import { setting } from "../../settings/setting.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";
import { kindsSetting } from "../webhook/webhook-settings.ts";

const live = { restart: false } as const;

const command = listUpTo(shown(textUpTo(4_096, "because no argument is longer")), 50, "because it is one command")
  .min(1, "is empty: write the program and its arguments")
  .refine(([program]) => program?.startsWith("/") === true, {
    error: "must begin with the whole path of a program, such as /usr/local/bin/on-change: no shell looks for it",
  });

export const hookSchema = outputSchema({
  command: setting(command, {
    ...live,
    text: "The program and its arguments, as a list. No shell reads them. It gets changes on its standard input, one JSON object a line.",
    example: "[/usr/local/bin/on-change]",
  }),
  kinds: kindsSetting,
  batch: setting(wholeNumber(1, 1_000), {
    ...live,
    text: "Changes for one run of the program, at most.",
    aside: true,
    example: "100",
    fallback: "100",
  }).optional(),
  timeout: setting(duration("1s", "50s", '"30s"'), {
    ...live,
    text: "How long one run may take before it is killed.",
    aside: true,
    example: "30s",
    fallback: "30s",
  }).optional(),
});

export type HookSettings = ReadSettings<typeof hookSchema>;
