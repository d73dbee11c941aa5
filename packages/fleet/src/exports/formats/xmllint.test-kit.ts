/** Validates XML with a program of others. */
import { spawnSync } from "node:child_process";
import { peer } from "../../../../../test/support/peers.ts";

export const xmllint = peer("xmllint");

/** What xmllint finds wrong with a document; empty if nothing is. Without a schema it looks whether the XML is well-formed. */
export const xmlProblems = (xml: string, schema?: string): string => {
  const args = ["--noout", "--nonet", ...(schema === undefined ? [] : ["--schema", schema]), "-"];
  const { status, stderr } = spawnSync(xmllint.path, args, { input: xml, encoding: "utf8" });
  return status === 0 ? "" : stderr || `xmllint ended with ${status}`;
};

/** The text of what an XPath finds. */
export const xpath = (xml: string, path: string): string => {
  const { status, stdout, stderr } = spawnSync(xmllint.path, ["--nonet", "--xpath", path, "-"], {
    input: xml,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
};
