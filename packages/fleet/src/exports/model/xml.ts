/** A small writer of XML 1.0: elements with attributes, escaped, indented by two spaces, so that files can be read and compared. */
import { UsageError } from "@meterport/protocol/errors";

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: string | readonly XmlElement[];
}

export const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>\n';

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML 1.0 has no place for control characters, lone surrogates and the two non-characters, not even as references. */
const isWritable = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
};

/**
 * A text as it stands in an element or attribute.
 *
 * @throws UsageError (`text`) for a character that XML cannot hold
 * @example
 * escapedXml("a < b") // "a &lt; b"
 */
export const escapedXml = (text: string): string => {
  // Nearly all texts are numbers, times and codes.
  if (/^[\w .:+-]*$/.test(text)) return text;
  if (![...text].every(isWritable))
    throw new UsageError(
      "text",
      `${JSON.stringify(text.slice(0, 60))} has a character that XML cannot hold: remove it`,
    );
  return text.replace(/[&<>"]/g, (found) => entities[found] ?? found).replaceAll("\r", "&#13;");
};

/** An element with its text or its elements; elements that are undefined are left out. */
export const element = (
  name: string,
  content: string | readonly (XmlElement | undefined)[],
  attributes: Readonly<Record<string, string>> = {},
): XmlElement => ({
  name,
  attributes,
  content: typeof content === "string" ? content : content.filter((child) => child !== undefined),
});

const attributeText = (attributes: Readonly<Record<string, string>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapedXml(value)}"`)
    .join("");

/** The lines of an element, `depth` levels deep. */
export const xmlText = ({ name, attributes, content }: XmlElement, depth = 0): string => {
  const indent = "  ".repeat(depth);
  const open = `${indent}<${name}${attributeText(attributes)}`;
  if (content.length === 0) return `${open}/>\n`;
  if (typeof content === "string") return `${open}>${escapedXml(content)}</${name}>\n`;
  return `${open}>\n${content.map((child) => xmlText(child, depth + 1)).join("")}${indent}</${name}>\n`;
};

/** The opening line of an element that is written piece by piece. */
export const openTag = (name: string, attributes: Readonly<Record<string, string>>, depth = 0): string =>
  `${"  ".repeat(depth)}<${name}${attributeText(attributes)}>\n`;

/** The line that ends it. */
export const closeTag = (name: string, depth = 0): string => `${"  ".repeat(depth)}</${name}>\n`;
