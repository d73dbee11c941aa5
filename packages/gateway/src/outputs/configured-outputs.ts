/** The outputs of a configuration, ready to be opened. */
import type { ConfiguredOutput } from "@meterport/engine/outputs/outputs";
import { outputKindOf } from "./list.ts";
import type { OutputParts } from "./output-kind.ts";

/** An output as the configuration gives it. */
export interface OutputSetting {
  readonly name: string;
  readonly enabled: boolean;
  readonly points?: readonly string[] | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Those that are on. The schema of each has checked its keys. */
export const configuredOutputs = (outputs: readonly OutputSetting[], parts: OutputParts): readonly ConfiguredOutput[] =>
  outputs.flatMap(({ name, enabled, points, settings }) => {
    const kind = outputKindOf(name);
    return !enabled || kind === undefined ? [] : [{ output: kind.create(settings as never, parts), only: points }];
  });
