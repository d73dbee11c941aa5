import { type TableValue, table } from "../../layout/index.ts";
import { communicationFields } from "./et55-communication.ts";
import { calculationFields, portFields, tamperFields } from "./et55-generation4.ts";
import { lcdMessageFields } from "./et55-lcd-message.ts";
import { stepTariffFields, voltageStatisticsFields } from "./et55-step-tariff.ts";
import { alarmThresholdFields, consumptionTariffFields, unbalancedVoltageFields } from "./et55-thresholds.ts";

/** MEP guide 1.1, pp. 145-169. */
export const ET55 = table(
  "ET55",
  0x0837,
  "Meter Configuration",
  { read: "basic", write: "advanced" },
  {
    ...communicationFields,
    ...lcdMessageFields,
    ...consumptionTariffFields,
    ...alarmThresholdFields,
    ...unbalancedVoltageFields,
    ...stepTariffFields,
    ...voltageStatisticsFields,
    ...portFields,
    ...tamperFields,
    ...calculationFields,
  },
);
export type ET55 = TableValue<typeof ET55>;
