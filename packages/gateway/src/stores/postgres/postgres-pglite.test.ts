/** The whole contract on PostgreSQL in this process, so that it also runs where no server is installed. */
import { after } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { storeContract } from "../store-contract.test-kit.ts";
import { subjectOf } from "./pglite-driver.test-kit.ts";

// Numbers of eight bytes fit, as everywhere else.
const database = await PGlite.create({ parsers: { 20: Number } });
after(() => database.close());

storeContract("PGlite", (wall) => subjectOf(database, wall));
