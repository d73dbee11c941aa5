/** The configuration as JSON Schema, for editors that complete and check. */
import { z } from "zod";
import { aboutOf, formOf } from "../settings/setting.ts";
import { configSchema } from "./config-schema.ts";

/** A link in Markdown as plain words. */
const plain = (text: string): string => text.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");

/** A JSON Schema of draft 2020-12, in the form of the file. */
export const configJsonSchema = (): Readonly<Record<string, unknown>> => ({
  ...z.toJSONSchema(configSchema, {
    target: "draft-2020-12",
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const form = formOf(zodSchema);
      if (form !== undefined) {
        for (const name of Object.keys(jsonSchema)) delete jsonSchema[name as keyof typeof jsonSchema];
        Object.assign(jsonSchema, form);
      }
      // A name of digits is a number to an editor, and text to us.
      else if (jsonSchema.type === "string" && jsonSchema.pattern === undefined && jsonSchema.enum === undefined)
        Object.assign(jsonSchema, { type: ["string", "number"] });
      const about = aboutOf(zodSchema);
      if (about === undefined) return;
      const fallback = about.fallback === undefined ? "" : ` Default: ${about.fallback}.`;
      jsonSchema.description = plain(`${about.text}${fallback}${about.restart ? " A change needs a restart." : ""}`);
    },
  }),
  title: "Meterport configuration",
});
