/** What is written from the OpenAPI document: the typed client of the examples, and the reference in `docs/api.md`. */
import { httpSetup } from "@meterport/gateway/testing/http-setup";
import { type ApiDocument, generate } from "../../examples/api-client/generate.ts";
import { textOf } from "./sources.ts";

const begin = "<!-- written by npm run api:accept -->";
const end = "<!-- until here -->";

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

type Security = readonly Readonly<Record<string, readonly string[]>>[];

/** The right that an operation needs: its security is a list of ways to show it. */
const rightOf = (security: Security | undefined): string =>
  security?.[0] === undefined ? "" : (Object.values(security[0])[0]?.[0] ?? "its own token");

/** One table for each tag. */
const referenceOf = (
  document: ApiDocument & { readonly tags: readonly { readonly name: string; readonly description: string }[] },
): string => {
  const operations = Object.entries(document.paths).flatMap(([path, each]) =>
    Object.entries(each).map(([method, operation]) => ({ path, method, ...operation }) as const),
  );
  return document.tags
    .map(({ name, description }) => {
      const rows = operations
        .filter((each) => (each as { readonly tags?: readonly string[] }).tags?.includes(name))
        .map(({ path, method, summary, parameters = [], ...rest }) => {
          const { security } = rest as { readonly security?: Security };
          const asked = parameters.filter((each) => each.in === "query").map((each) => `\`${each.name}\``);
          return `| \`${method.toUpperCase()} ${path}\` | ${cell(summary)} | ${rightOf(security)} | ${asked.join(", ")} |\n`;
        });
      return `### ${name.charAt(0).toUpperCase()}${name.slice(1)}\n\n${description}.\n\n| Address | Gives | Right | Parameters |\n| --- | --- | --- | --- |\n${rows.join("")}`;
    })
    .join("\n");
};

export const apiDocument = async (): Promise<
  ApiDocument & { readonly tags: readonly { readonly name: string; readonly description: string }[] }
> => {
  const { json, done } = await httpSetup();
  try {
    return await json("/api/v1/openapi.json");
  } finally {
    await done();
  }
};

/** Paths from the root, and their text as it should be. */
export const writtenFromApi = async (): Promise<ReadonlyMap<string, string>> => {
  const document = await apiDocument();
  const page = textOf("docs/api.md");
  const [head = "", rest = ""] = page.split(begin);
  const tail = rest.split(end)[1] ?? "";
  return new Map([
    ["examples/api-client/meterport-api.ts", generate(document)],
    ["docs/api.md", `${head}${begin}\n\n${referenceOf(document)}\n${end}${tail}`],
  ]);
};
