/** The keys of the output `csv`. */
import { filePath } from "../../settings/file-path.ts";
import { setting } from "../../settings/setting.ts";
import { outputSchema, type ReadSettings } from "../output-kind.ts";

export const csvSchema = outputSchema({
  folder: setting(filePath, {
    restart: false,
    text: "The folder, which must exist: it gets a folder for each meter, with a file for each of its days.",
    example: "/srv/meter-values",
  }),
});

export type CsvSettings = ReadSettings<typeof csvSchema>;
