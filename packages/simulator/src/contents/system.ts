/** ET04, ET54, ET55: how a meter is set up, and the state that goes with it. */
import { reaches } from "@meterport/protocol/layout/index";
import { ET04, ET54, ET55 } from "@meterport/protocol/tables/index";
import { filled } from "./filled.ts";
import { programIdOf } from "./general.ts";
import type { Filling } from "./memory.ts";
import type { Setup } from "./setup.ts";

const online = 4;
/** Security mode of the power line, OSGP-AES-128-PSK. */
const aes128 = 2;

const system = (setup: Setup): Uint8Array => {
  const { dimensions, generation4, noise, profile, sequence } = setup;
  return filled(ET04, dimensions, {
    transceiverId: Uint8Array.of(0x05, ...Array.from({ length: 5 }, (_, i) => Math.floor(noise.unit(i, 3) * 256))),
    subnetId: 1,
    nodeId: 1 + Math.floor(noise.unit(0, 4) * 126),
    ratedFrequency: 50,
    programId: programIdOf(setup),
    maxPowerOutagesRecorded: dimensions.ET04.maxPowerOutagesRecorded,
    reserved54: Uint8Array.of(4),
    maxTeRegisters: 4,
    registrationCurrent: 10,
    maxCurrent: 100,
    ratedVoltage: 230,
    selfReadHour: 0,
    neuronState: online,
    reverseEnergyAlarmCurrentThreshold: 1000,
    nvmSize: generation4 ? 256 : 128,
    mepSequenceNumber: generation4 ? 0 : sequence,
    powerOutageDetectionThreshold: 72,
    phaseLossThreshold: 61,
    idtVersion: 1,
    tiltTimer: 30,
    minimumRegistrationCurrent: reaches(profile, { meter: [4, 10] }) ? 10 : 17,
    registrationCurrentFraction: 17,
    maxKeyUsageCount: 1_000_000,
    securityMode: generation4 ? aes128 : 0,
    mepSequenceNumbers: [sequence, 0],
    reverseEnergyAlarmTimeSeconds: 10,
  });
};

const status = (setup: Setup): Uint8Array => {
  const { dimensions, generation4, profile, several } = setup;
  const sets = reaches(profile, { meter: [3, 50], module: [1, 20] });
  return filled(ET54, dimensions, {
    billingLoadProfileFormat2: sets,
    multipleLoadProfileSets: sets,
    energyUnitChange: reaches(profile, { meter: [3, 70], module: [1, 20] }),
    lcdFiveDigitValueIds: generation4,
    multipleMepClients: several,
    et74EntryCount: dimensions.ET54.et74EntryCount ?? 0,
    et79EntryCount: dimensions.ET54.et79EntryCount ?? 0,
    supportedSecurityModes: 0x05,
  });
};

/** Factory values that the guide prints (pp. 146-169). */
const configuration = (setup: Setup): Uint8Array =>
  filled(ET55, setup.dimensions, {
    deltaTimeAdjustmentIncrement: 1,
    plcActiveTimeout: 60,
    phaseLossThreshold: 10,
    // Reserved, and printed as TRUE.
    disableFiller0: 1,
    transformerSecondaryRatedCurrent: 1,
    generalCoverRemovedDetectionThreshold: 10,
    powerQualityCoverRemovedDetectionThreshold: 10,
    brokenMvConductorDetectionTimeThreshold: 600,
    zeroFaultDetectionTimeThreshold: 10,
    normalVoltageUpperLimit: 115,
    normalVoltageLowerLimit: 85,
    lowVoltageHigherLimit: 60,
    voltageFluctuationLimit: 5,
    reverseEnergyAlarmCurrentThreshold: 1000,
    stepTariffResetDay: 1,
    consecutiveRmsVoltageMainsCycles: 15,
    averageRmsVoltageSeconds: 600,
    averageRmsVoltagesForNlcNlp: 1008,
    mvdDetectionTimeLowerLimit: 1,
    mvdDetectionTimeUpperLimit: 180,
    mvdSagLowThreshold: 10,
    mvdSagHighThreshold: 90,
    mvdSwellLowThreshold: 110,
    energyRegisterUnit: 1,
    opticalSessionTimeout: 600,
    opticalSessionHoldOff: 300,
    externalTamper1InUse: true,
    externalTamper2InUse: true,
    externalTamperDuration: 5,
    generalCoverRemovedDetectionThreshold2: 10,
    magneticTamperDuration: 10,
  });

export const systemTables = (setup: Setup): readonly (readonly [number, Filling])[] => [
  [ET04.number, () => system(setup)],
  [ET54.number, () => status(setup)],
  [ET55.number, () => configuration(setup)],
];
