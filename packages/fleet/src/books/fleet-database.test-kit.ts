/** A fleet's schema in a real PostgreSQL: one server for a test file, a schema of its own for each test. */
import { type Server, startPostgres } from "../../../../test/support/postgres.ts";
import { Database } from "./database.ts";
import { makeFleet, migrate } from "./migrate.ts";

export const sleep = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

export class FleetServer {
  #server: Promise<Server> | undefined;
  #count = 0;
  readonly #open: Database[] = [];

  server(): Promise<Server> {
    this.#server ??= startPostgres();
    return this.#server;
  }

  /** Connects to a schema of that name; nothing is in it at first. */
  async connect(schema = `fleet_${++this.#count}`): Promise<Database> {
    const database = await Database.open(`${(await this.server()).url}?schema=${schema}`);
    this.#open.push(database);
    return database;
  }

  /** A schema with the tables of a fleet. */
  async fleet(): Promise<Database> {
    const database = await this.connect();
    await migrate(database, { sleep });
    await makeFleet(database, { id: "test", name: "Test", shards: 16 });
    return database;
  }

  /** Ends all of it; for `after`. */
  readonly stop = async (): Promise<void> => {
    await Promise.all(this.#open.map((database) => database.close()));
    await (await this.#server)?.stop();
  };
}
