/** `npm run config:accept`: writes the tables of keys into docs/configuration.md, from the schema, and docs/vee.md from its rules. */
import { readFileSync, writeFileSync } from "node:fs";
import { veePage } from "@meterport/fleet/vee/vee-page";
import { configTables } from "@meterport/gateway/config/config-table";

const path = new URL("../../docs/configuration.md", import.meta.url);
const begin = "<!-- The tables below are written by npm run config:accept. -->\n\n";
const end = "<!-- The tables end here. -->\n";
const page = readFileSync(path, "utf8");
const from = page.indexOf(begin) + begin.length;
const to = page.indexOf(end);
if (from < begin.length || to < from) throw new Error("docs/configuration.md has lost the marks around its tables");
writeFileSync(path, `${page.slice(0, from)}${configTables()}\n${page.slice(to)}`);
writeFileSync(new URL("../../docs/vee.md", import.meta.url), veePage());
