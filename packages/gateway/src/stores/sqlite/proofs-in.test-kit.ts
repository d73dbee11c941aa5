/** How many proofs the file of a store has, whether or not anything has them. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export const proofsIn = (folder: string): number => {
  const db = new DatabaseSync(join(folder, "meterport.db"), { readOnly: true });
  try {
    return Number(db.prepare("SELECT count(*) AS n FROM proof").get()?.n);
  } finally {
    db.close();
  }
};
