/** All figures: `npm run bench`. */
import { benchCodec } from "./codec.ts";
import { benchDump } from "./dump.ts";
import { benchFaultyLine } from "./faulty-line.ts";
import { benchLiveLine } from "./live-line.ts";
import { benchLoadProfile } from "./load-profile.ts";
import { say } from "./measure.ts";
import { benchRoundTrips } from "./roundtrips.ts";
import { benchTls } from "./tls.ts";
import { benchTypeCheck } from "./type-check.ts";

say(`Node ${process.versions.node}, one core of ${process.arch}`);
say("");
benchCodec();
say("");
await benchRoundTrips();
say("");
await benchTls();
say("");
await benchLiveLine();
say("");
await benchLoadProfile();
say("");
await benchDump();
say("");
benchTypeCheck();
say("");
benchFaultyLine();
