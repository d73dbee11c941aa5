/** What a declaration says of one of its leaves. */
import type { Description } from "@meterport/protocol/layout/layout";

export interface Described {
  /** The guide's type name: "UINT16", "BOOL(3)"; empty if the leaf is not described. */
  readonly type: string;
  /** One short line; empty if there is none. */
  readonly note: string;
}

const nothing: Described = { type: "", note: "" };

const within = (description: Description, parts: readonly string[]): Described => {
  const [name, ...rest] = parts;
  switch (description.kind) {
    case "when":
      return within(description.inner, parts);
    case "array":
      return within(description.element, rest);
    case "struct": {
      const field = description.fields.find((each) => each.name === name);
      if (field === undefined) return nothing;
      const { type, note } = within(field.layout, rest);
      return { type, note: note === "" ? field.doc : note };
    }
    default:
      return { type: description.type, note: "" };
  }
};

/**
 * Type and description at a path such as "devices.0.billingDay". An element of a list of plain values has that of the list.
 *
 * @example describedAt(ET11.describe(), "deviceCount").type // "UINT8"
 */
export const describedAt = (description: Description, path: string): Described => within(description, path.split("."));
