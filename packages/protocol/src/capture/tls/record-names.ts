/** What the records of one message say, as far as that can be seen from outside and without a key. */
import { alertName, contentType, handshakeName } from "../../mep/security/tls/codes.ts";

const recordHeader = 5;
const messageHeader = 4;
/** More than a handshake has; what noise claims beyond it is not named. */
const mostNames = 16;

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);

/** Names of the handshake messages that begin in these bytes. */
const messagesIn = (bytes: Uint8Array): string[] => {
  const names: string[] = [];
  for (let at = 0; at + messageHeader <= bytes.length && names.length < mostNames; ) {
    names.push(handshakeName(bytes[at] as number));
    at += messageHeader + (((bytes[at + 1] as number) << 16) | u16(bytes, at + 2));
  }
  return names;
};

/**
 * Names of the handshake messages, alerts and records in a message of the port, its code left out. What is encrypted stays so:
 * after ChangeCipherSpec a handshake record is a Finished. Any bytes give names or none; nothing is thrown.
 *
 * @example
 * namesInRecords(Uint8Array.of(20, 3, 3, 0, 1, 1)) // ["ChangeCipherSpec"]
 * namesInRecords(Uint8Array.of(21, 3, 3, 0, 2, 2, 20)) // ["alert bad_record_mac"]
 * namesInRecords(Uint8Array.of(1, 2)) // []
 */
export const namesInRecords = (records: Uint8Array): readonly string[] => {
  const names: string[] = [];
  let sealed = false;
  for (let at = 0; at + recordHeader <= records.length && names.length < mostNames; ) {
    const end = at + recordHeader + u16(records, at + 3);
    const content = records.subarray(at + recordHeader, end);
    switch (records[at]) {
      case contentType.changeCipherSpec:
        sealed = true;
        names.push("ChangeCipherSpec");
        break;
      case contentType.handshake:
        names.push(...(sealed ? ["Finished"] : messagesIn(content)));
        break;
      case contentType.alert:
        names.push(content.length === 2 ? `alert ${alertName(content[1] as number)}` : "encrypted alert");
        break;
      case contentType.applicationData:
        names.push("encrypted data");
        break;
      default:
        return names;
    }
    at = end;
  }
  return names;
};
