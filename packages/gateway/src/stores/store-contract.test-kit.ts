/** What every store must do: one suite, many implementations. */
import { factsContract } from "./contract/facts.test-kit.ts";
import { journalContract } from "./contract/journal.test-kit.ts";
import { readingsContract } from "./contract/readings.test-kit.ts";
import { checkOf, type OpenStore } from "./contract/under-test.test-kit.ts";

export const storeContract = (name: string, open: OpenStore): void => {
  const check = checkOf(name, open);
  readingsContract(check);
  factsContract(check);
  journalContract(check);
};
