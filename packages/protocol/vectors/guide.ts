/** Frames that MEP guide 1.1 prints, as hexadecimal, with the page of the PDF. */

/** One printed exchange: both frames with length, sequence number and digest. */
export interface PrintedExchange {
  readonly name: string;
  /** Page of the PDF of MEP guide 1.1. */
  readonly page: string;
  readonly request: string;
  readonly response: string;
  /** False where the guide does not print the key, so that the digest cannot be checked. */
  readonly keyKnown: boolean;
}

/** The key of every printed digest but the one of Appendix A (p. 21: sixteen bytes of 01). */
export const guideKey = "01010101010101010101010101010101";

/** Every exchange with RC4 authentication that the guide prints, in order of appearance. */
export const guideExchanges: readonly PrintedExchange[] = [
{ name: "resync, wrong number", page: "p. 21", request: "00143f0017000000002c0102030474861f6d7658dd56", response: "000d0c77635b9035863c1df5b91482", keyKnown: true },
{ name: "resync, right number", page: "p. 22", request: "00143f0017000000002c77635b9113db85a135a0575e", response: "003700002c0000000000000000000000000000000008000000030000000000000000000000000000000000000006000000addcb82c3d417f91", keyKnown: true },
{ name: "registration", page: "p. 23", request: "00154f083200001e00010177636e2f86e50e2667d1e63c", response: "00090086e50e2667d1e63c", keyKnown: true },
{ name: "transaction, write ET52", page: "pp. 51-53", request: "00574f08340000000043430000010008003f080b000000000a08003f0014000000000a08003f0015000000000a08003f0804000037000108003f080e000000000c08003f080f000000001f01005b4e42e6ed6a9ceff4cc0e39", response: "000900ed6a9ceff4cc0e39", keyKnown: true },
{ name: "transaction, head of ET53", page: "pp. 53-54", request: "00143f083500000000055b4e42e7489775dad853e3a3", response: "00100000056f00010100974b99caa3314519", keyKnown: true },
{ name: "transaction, all of ET53", page: "p. 54", request: "00143f0835000000006f5b4e42e81b3204497445a87a", response: "007a00006f6f000101000d0000000a054224050605020103f90d0000000a3f0efd0f08100104081a0d0000000a3f0e0c0f08000104081a0400000001040f0000000c000000000011010001042f00220000001f004200010002014500010002014800010002010300f80302014b00010002010100bfd4ebf2b7e01f43", keyKnown: true },
{ name: "EP17 remove device", page: "pp. 59-60", request: "0017400007000611080700f8035b4e4309697ab201497e9cf7", response: "000900697ab201497e9cf7", keyKnown: true },
{ name: "Appendix A, key not printed", page: "pp. 256 and 262", request: "00143f00340000000006f52f54817cff9a5347dbabfc", response: "00110000060402100f3b37303d9bbe3da3a8b6", keyKnown: false },
];

/**
 * The exchange "resync, right number" (p. 22) encrypted by the steps of Appendix B (p. 263). The guide prints no
 * ciphertext: these bytes were computed apart from this code base, from the pseudo-code alone.
 */
export const computedEncryption = {
  packetKey: "2d5804131b282bf2be9c8058d44cbc1a",
  encryptKey: "3e8381b22e887cacbe9c8058d44cbc1a",
  request: "00145445ec99f5cb4c265df268c113db85a135a0575e",
  response: "00377ac3796488726eb50b0bb93a2f4341c1417564930e6245801ad3089382512080f2fdab15c8e30cd32eca3f1798b2fbaddcb82c3d417f91",
} as const;

/**
 * The one TLS session that MEP guide 1.1 prints (pp. 20-21): six MEP frames in order, each with length and code.
 * Identity 64 00 01, key `guideKey`. Master secret and key block were computed from them; both Finished messages and both
 * records verify.
 */
export const guideTls = {
  identity: "640001",
  masterSecret: "96c39ed01ead2e7b2df5c67fc5d7bb7f1ccf7573bece1f34ff3d44393078eeab79ceb795d5eaff3ab2bbf1783d9495ed",
  keyBlock: "3e3031aa44b847022eaf8b329083b87af7bb02d1d48c14649756256db860cd7aaea86258c0cf5922cc997039b31b1dee46b4d95d40905292072fca7696ef6f837aab3cc0594fa850",
  clientFinished: "1400000c37701629490c1207b1e55976",
  serverFinished: "1400000ce4cc12c461ae397194b06bdc",
  request: "3f084600008e0001",
  /** Printed as 00 01 02: one byte of the count is missing there. */
  response: "00000102",
  frames: {
    clientHello: "003558160303002f0100002b03035ca65721aa86a8db2d599157aa0c33811942a7ee9289f16633621976850ddff400000400a900ff0100",
    serverHelloDone: "00600016030300510200004d030324391aac5759a0d3fc9bf4e94c9362b15c78c3f71ac0d883fb70d71ea4005e60204ec1bc0a54d0d54f2fe9021b2fa864e5782c0d01fea2415bec6e388ae7876a4600a9000005ff0100010016030300040e000000",
    clientFinished: "00425916030300091000000500036400011403030001011603030028000000000000000057fa688f171ab5ef348ec67079b587211a8962267e683e57d18eeb8563077a36",
    serverFinished: "00340014030300010116030300280000000000000000767848c8f97de67247d03872e43def40ebb05a3b50fe845d3553aa16c10c7fc1",
    request: "00268017030300200000000000000001e7f9867e27321d43e70bf8f9ba302443f0f07271b4de5ac1",
    response: "002200170303001c0000000000000001680fa05379beb36ecb96cc66e2d1cea965c728ea",
  },
} as const;
