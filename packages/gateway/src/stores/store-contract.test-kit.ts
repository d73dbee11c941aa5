/** What every store must do: one suite, many implementations. */
import { factsContract } from "./contract/facts.test-kit.ts";
import { journalContract } from "./contract/journal.test-kit.ts";
import { readingsContract } from "./contract/readings.test-kit.ts";
import { checkOf, type OpenStore } from "./contract/under-test.test-kit.ts";

/** @param skip why these tests are skipped, if they are */
export const storeContract = (name: string, open: OpenStore, skip: string | false = false): void => {
  const check = checkOf(name, open, skip);
  readingsContract(check);
  factsContract(check);
  journalContract(check);
};
