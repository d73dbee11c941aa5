/** `meterport docs`: the reference of all tables and procedures. */
import { parseProfile } from "@meterport/protocol/layout/index";
import { intoFile } from "../../io/into-file.ts";
import { type Exit, exit, type Io } from "../../io/io.ts";
import { htmlPage } from "./html-page.ts";
import { markdownPage } from "./markdown-page.ts";
import type { DocsOptions } from "./options.ts";
import { buildReference, type Reference } from "./reference.ts";

type Format = NonNullable<DocsOptions["format"]>;
const pages: Readonly<Record<Format, (reference: Reference) => string>> = { md: markdownPage, html: htmlPage };

const put = (path: string, text: string, io: Io): Promise<void> => intoFile(io, path, ({ write }) => write(text));

/** @throws UsageError */
export const docsCommand = async ({ format, profile, output }: DocsOptions, io: Io): Promise<Exit> => {
  const reference = buildReference(profile === undefined ? undefined : parseProfile(profile));
  if (output === undefined) io.stdout.data(pages[format ?? "md"](reference));
  else if (output.endsWith("/")) {
    const formats: readonly Format[] = format === undefined ? ["md", "html"] : [format];
    for (const each of formats) await put(`${output}reference.${each}`, pages[each](reference), io);
  } else await put(output, pages[format ?? (/\.html?$/i.test(output) ? "html" : "md")](reference), io);
  return exit.done;
};
