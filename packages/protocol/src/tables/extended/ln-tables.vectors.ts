/**
 * ET89, ET90 and ET97 typed a second time from pp. 193-202 of the MEP guide 1.1: path, offset, bytes, lowest and
 * highest bit.
 */
export type Row = readonly [path: string, offset: number, size: number, low?: number, high?: number];

export const et89First68: readonly Row[] = [
  ["priorMep1Handle", 0, 2],
  ["priorMep1Id", 2, 30],
  ["mep1ReregisterRequests", 32, 1],
  ["mep1ReregisterAllowed", 33, 1],
  ["priorMep2Handle", 34, 2],
  ["priorMep2Id", 36, 30],
  ["mep2ReregisterRequests", 66, 1],
  ["mep2ReregisterAllowed", 67, 1],
];
/** The printed offsets are those of the first relay; the second is 17 bytes on, as 109 proves. */
const relayModes: readonly Row[] = [
  ["currentOpMode", 75, 1, 0, 2],
  ["modeFiller3", 75, 1, 3, 7],
  ["maintenanceTimeRemaining", 76, 4, 0, 18],
  ["maintenanceNoExpire", 76, 4, 19, 19],
  ["maintenanceState", 76, 4, 20, 21],
  ["maintenanceFiller22", 76, 4, 22, 31],
  ["lockedTimeRemaining", 80, 4, 0, 18],
  ["lockedNoExpire", 80, 4, 19, 19],
  ["lockedState", 80, 4, 20, 21],
  ["lockedFiller22", 80, 4, 22, 31],
  ["remoteTimeRemaining", 84, 4, 0, 18],
  ["remoteNoExpire", 84, 4, 19, 19],
  ["remoteState", 84, 4, 20, 21],
  ["remoteFiller22", 84, 4, 22, 31],
  ["localTimeRemaining", 88, 4, 0, 18],
  ["localNoExpire", 88, 4, 19, 19],
  ["localState", 88, 4, 20, 21],
  ["localFiller22", 88, 4, 22, 31],
];
const repeated = (list: string, element: readonly Row[], count: number, stride: number): Row[] =>
  Array.from({ length: count }, (_, i) =>
    element.map(([path, offset, ...rest]): Row => [`${list}.${i}.${path}`, offset + i * stride, ...rest]),
  ).flat();

export const et89From450: readonly Row[] = [
  ["lastH1TelegramTime", 68, 6],
  ["h1DevicePresent", 74, 1, 0, 0], // printed 0
  ["plcDisabled", 74, 1, 1, 1], // printed 0
  ["statusFiller2", 74, 1, 2, 7], // printed 1..7
  ...repeated("relays", relayModes, 2, 17),
  ["imageValidationKeyIds.0", 109, 2],
  ["imageValidationKeyIds.1", 111, 2],
  ["key0Invalidated", 113, 1, 0, 0],
  ["key1Invalidated", 113, 1, 1, 1],
  ["keyFiller2", 113, 1, 2, 7],
  ["lastValidationError", 114, 1],
  ["lastValidationKeyId", 115, 2],
  ["lastImageLength", 117, 4],
  ["signatureLength", 121, 1],
  ["signature", 122, 8],
];
/** For a mask of one byte (A = 1) and two events of 8 bytes (B = 1 + 16 - 7 = 10), counted from byte 130. */
export const et89Beyond: readonly Row[] = [
  ["adjustableLogUnreadEntryMask", 130, 1],
  ["blockRemoteProcedureDisconnect", 131, 1, 0, 0],
  ["blockAutomaticAndPushbuttonDisconnect", 131, 1, 1, 1],
  ["blockLocalProcedureDisconnect", 131, 1, 2, 2],
  ["blockRemoteUnblock", 131, 1, 3, 3],
  ["disconnectFiller4", 131, 1, 4, 7],
  ...repeated(
    "pendingSecurityEvents",
    [
      ["alarmId", 132, 2],
      ["argument", 134, 2],
      ["count", 136, 2],
      ["minutesToReport", 138, 2],
    ],
    2,
    8,
  ),
  ...repeated(
    "tlsPorts",
    [
      ["sessionState", 148, 1, 0, 2],
      ["tlsState", 148, 1, 3, 7],
      ["tlsError", 149, 2],
      ["tlsErrorCount", 151, 2],
    ],
    3,
    5,
  ),
];

export const et90First17: readonly Row[] = [
  ["ipAddressLength", 0, 2],
  ["urgentAlarmBitmaskLength", 2, 1],
  ["connectionReasonBitmapLength", 3, 1],
  ["modemApnLength", 4, 1],
  ["modemApnUserLength", 5, 1],
  ["modemApnPasswordLength", 6, 1],
  ["modemSimPinLength", 7, 1],
  ["modemManufacturerLength", 8, 1],
  ["modemModelLength", 9, 1],
  ["modemRevisionLength", 10, 1],
  ["modemImeiLength", 11, 1],
  ["modemSimPhoneNumberLength", 12, 1],
  ["modemCurrentMobileOperatorNameLength", 13, 1],
  ["modemSocketMaximumConnections", 14, 1],
  ["modemMaximumConnectionServices", 15, 1],
  ["ftzMessages", 16, 1],
];
export const et90From420: readonly Row[] = [
  ["modemAtCommandReplyLength", 17, 2],
  ["modemSimIccidLength", 19, 1],
];
/** Only named as MT90.25 and MT90.26, on p. 196. */
export const et90From450: readonly Row[] = [
  ["reserved20", 20, 5],
  ["pendingSecurityEvents", 25, 1],
  ["pendingSecurityEventSize", 26, 1],
];

/** For three messages: A = 24. */
export const et97First55: readonly Row[] = [
  ["ftzMessageContents.0", 0, 8],
  ["ftzMessageContents.1", 8, 8],
  ["ftzMessageContents.2", 16, 8],
  ["mep1IdComparisonMode", 24, 1],
  ["mep1IdMask", 24 + 1, 30],
];
export const et97From402: readonly Row[] = [
  ["mep2IdComparisonMode", 24 + 31, 1],
  ["mep2IdMask", 24 + 32, 30],
  ["powerBoostRelay", 24 + 62, 1, 0, 0],
  ["mbusAutoDiscoveryUse300Baud", 24 + 62, 1, 1, 1],
  ["relayFiller2", 24 + 62, 1, 2, 7],
  // The second relay is 17 bytes on, as A + 97 proves.
  ...repeated(
    "relays",
    [
      ["groupIds.0", 24 + 63, 2],
      ["groupIds.1", 24 + 65, 2],
      ["groupIds.2", 24 + 67, 2],
      ["groupIds.3", 24 + 69, 2],
      ["groupIds.4", 24 + 71, 2],
      ["mode", 24 + 73, 1, 0, 2],
      ["requireExplicitHeartbeat", 24 + 73, 1, 3, 3],
      ["modeFiller4", 24 + 73, 1, 4, 7],
      ["heartbeatInterval", 24 + 74, 2],
      ["maintenanceModeEntry", 24 + 76, 1, 0, 1],
      ["maintenanceModeDisplay", 24 + 76, 1, 2, 3],
      ["maintenanceModeOpen", 24 + 76, 1, 4, 4],
      ["maintenanceModeExit", 24 + 76, 1, 5, 6],
      ["maintenanceFiller7", 24 + 76, 1, 7, 7],
      ["maintenanceModeExitDelay", 24 + 77, 1],
      ["maintenanceModeExitHour", 24 + 78, 1],
      ["maintenanceModeExitMinute", 24 + 79, 1],
    ],
    2,
    17,
  ),
  // UINT16 at A + 97, flags at A + 98, A + 99, A + 100: not declared apart.
  ["securityLogIntervalAndTlsFlags", 24 + 97, 4],
];
