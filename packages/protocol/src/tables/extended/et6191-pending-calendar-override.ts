import type { TableValue } from "../../layout/index.ts";
import { pending } from "../basic/pending.ts";
import { ET47 } from "./et47-calendar-override-settings.ts";

/** Optical guide 1.1, pp. 10-12: 4096 + 2048 + 47. */
export const ET6191 = pending("ET6191", "Pending Calendar Override Settings", ET47);
export type ET6191 = TableValue<typeof ET6191>;
