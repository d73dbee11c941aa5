import {
  array,
  at,
  bool,
  bytes,
  dim,
  dimOr,
  filler,
  niFormat1,
  plus,
  reserved,
  struct,
  type TableValue,
  table,
  times,
  u16,
  uint,
} from "../../layout/index.ts";
import { ET11 } from "./et11-mfg-dimension.ts";

const sources = dim(ET11, "mepDataSources");
const afterIcons = plus(31, times(2, sources));
const afterData = (offset: number) => plus(offset, times(6, sources));
const shown = { 0: "off", 1: "on", 2: "flash" } as const;

/** MEP guide 1.1, pp. 130-133. One client below firmware 4.0, which does not publish the count. */
export const ET50 = table(
  "ET50",
  0x0832,
  "MEP Inbound Data Space",
  { read: "basic", write: "basic" },
  {
    clients: at(
      0,
      array(
        dimOr(ET11, "mepChannelCount", 1),
        struct({
          identification: at(
            0,
            bytes(30, "ARRAY[30] of HEX"),
            "Identification string of the client, see mepIdentification",
            {
              vci: "M",
              identifies: "mep-client",
            },
          ),
          mepDeviceRegistered: at(30, bool(0), "The client sets it to announce itself", { vci: "M", value: false }),
          et59Response: at(30, bool(1), "MEP client 1 reads procedure responses in ET59, else in BT08", {
            vci: "M",
            value: false,
          }),
          mbusAlerts: at(30, bool(2), "The client wants alerts of M-Bus events", { vci: "M", value: false }),
          deltaDataAlerts: at(30, bool(3), "The client wants delta data alerts (ET71)", {
            vci: "M",
            value: false,
            since: "meter 3.40",
          }),
          filler4: at(30, filler(4, 7), "Unused"),
          iconDisplayControl: at(31, array(sources, u16), "Icons beside each data source, added up", {
            vci: "M",
            names: {
              1: "Euro",
              2: "Dollar",
              4: "date",
              8: "time",
              16: "kvarh",
              32: "kWh",
              64: "kvar",
              128: "kW",
              256: "minus",
            },
          }),
          dataForDisplay: at(afterIcons, array(sources, niFormat1), "Values for load profile and display", {
            vci: "M",
          }),
          houseIcon: at(afterData(31), uint(0, 3), "House icon; from firmware 4.0 ET55 says which client drives it", {
            vci: "M",
            value: 0,
            names: shown,
          }),
          shortBar: at(afterData(31), uint(4, 7), "Reserved", { vci: "M", value: 0 }),
          mediumBar: at(afterData(32), uint(0, 3), "Reserved", { vci: "M", value: 0 }),
          longBar: at(afterData(32), uint(4, 7), "Reserved", { vci: "M", value: 0 }),
          reserved33: at(afterData(33), reserved(2), "Reserved", { vci: "M" }),
        }),
      ),
      "One entry per MEP client",
    ),
  },
);
export type ET50 = TableValue<typeof ET50>;
