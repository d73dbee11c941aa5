import type { MepWords } from "./vocabulary.ts";

export const da: MepWords = {
  title: "Undersøgelse af en målerforbindelse",
  healthy: "Forbindelsen er sund.",
  usable: "Værdier kan alligevel læses.",
  unusable: "Før det er rettet, kan værdier ikke læses pålideligt.",
  cause: "Årsag",
  remedy: "Hvad der hjælper",
  layers: "Lag for lag",
  brokenTitle: "Hvor svar blev afbrudt",
  brokenLine: "{from} til {to} byte: {count} gange",
  unknownMeter: "måleren sagde ikke, hvad den er",
  noSecrets: "Nøgler, serienumre og adresser står ikke på denne side.",
  checks: {
    open: "Enhed eller bro",
    bytes: "Byte overhovedet",
    echo: "Ekko",
    alerts: "Meldinger",
    framing: "Rammer",
    security: "Sikring",
    key: "Nøgle",
    sequence: "Løbenumre",
    line: "Linje",
    "long-replies": "Lange svar",
    access: "Tabeller",
    clock: "Målerens ur",
  },
  findings: {
    opened: "åbnet på {millis} ms",
    "not-opened": "{detail}",
    "hung-up": "den anden side lagde på",
    "bytes-came": "{bytes} byte kom ind",
    "nothing-came": "ikke en eneste byte kom ind",
    "no-echo": "vores egne byte kommer ikke tilbage",
    "echo-came": "vores egne byte kommer tilbage",
    "no-alerts": "ingen",
    "alerts-came": "{alerts} meldinger: måleren taler af sig selv",
    "frames-whole": "{frames} hele rammer",
    "frames-broken": "{garbage} byte uden ramme, {frames} hele rammer",
    "one-byte-only": "den samme byte {byte} igen og igen",
    "other-baud": "måleren svarer ved {baud} baud",
    "speaks-rc4": "porten taler RC4",
    "speaks-tls": "porten taler TLS",
    "wants-tls": "porten taler kun TLS",
    "lacks-tls": "porten taler ikke TLS",
    "tls-failed": "håndtrykket mislykkes: {detail}",
    "key-accepted": "godtaget ({level})",
    "key-refused": "måleren kender ingen sådan nøgle; {readings} måder at læse den på blev prøvet",
    "key-in-other-form": "godtaget, læst som {form}",
    "key-missing": "ingen er angivet",
    "in-step": "i takt",
    "numbers-taken": "{times} tegn på, at en anden bruger vores numre",
    graded:
      "karakter {grade}: {loss} % af {probes} forespørgsler måtte gentages ({requests} forespørgsler tabt, {replies} svar tabt, {noise} beskadiget); {median} ms frem og tilbage, højst {slowest} ms",
    "went-silent": "tavs i {seconds} s midt i det hele",
    "long-whole": "alle {reads} kom hele frem, {bytes} byte hver",
    "long-cut": "{cut} af {reads} kom ikke hele frem, typisk afbrudt efter {at} byte",
    "long-lost": "{cut} af {reads} kom slet ikke frem",
    "long-unknown": "måleren har ingen lang tabel til denne nøgle",
    readable: "alle {tables}, der blev spurgt om, kan læses",
    refused: "afvist: {tables}",
    "clock-right": "rigtigt på {seconds} s nær",
    "clock-wrong": "går {seconds} s forkert",
    "clock-unknown": "måleren siger det ikke",
    "not-examined": "ikke nået",
  },
  forms: {
    ascii: "ASCII-tegn",
    hex: "hexadecimale cifre",
    "hex-of-hex": "hexadecimale cifre, der staver hexadecimale cifre",
    base64: "base64",
    "upper-case": "ASCII-tegn med store bogstaver",
    "lower-case": "ASCII-tegn med små bogstaver",
    "reversed-hex": "hexadecimale cifre fra den sidste byte til den første",
    "last-16-characters": "dens sidste 16 tegn",
  },
  sicknesses: {
    "no-device": {
      name: "Enheden findes ikke",
      cause: "Adapteren er ikke sat i, eller den hedder noget andet end forbindelsen siger.",
      remedies: [
        "Sæt adapteren i, og se med `meterport ports`, hvad den hedder.",
        "Angiv den ved dens USB-numre, så findes den under ethvert navn.",
      ],
    },
    "no-permission": {
      name: "Du må ikke åbne enheden",
      cause: "På Linux hører serielle porte til en gruppe, ofte dialout, som du ikke er med i.",
      remedies: ["Kør `sudo usermod -aG dialout $USER`, og log ind igen."],
    },
    "device-busy": {
      name: "Et andet program har enheden",
      cause: "En seriel port tjener ét program ad gangen.",
      remedies: [
        "Afslut det andet program: en gateway, der allerede kører, et terminalprogram, en modemtjeneste.",
        "På Linux nævner `fuser ENHED` det.",
      ],
    },
    "unsuitable-device": {
      name: "Enheden er ikke en seriel port, eller den afviser indstillingerne",
      cause: "Navnet hører til noget andet, eller adapteren kender ikke denne baudrate.",
      remedies: ["Kontrollér navnet med `meterport ports`.", "Udelad baudraten: målere begynder ved 9600."],
    },
    "bridge-refuses": {
      name: "Broen er der, men ingen lytter",
      cause: "Værten svarer, men ikke på denne port.",
      remedies: ["Kontrollér portnummeret i broens egne indstillinger.", "Start broens serielle tjeneste."],
    },
    "bridge-unreachable": {
      name: "Broen kan ikke nås",
      cause: "Ingen sådan vært svarer på nettet.",
      remedies: [
        "Kontrollér navn eller adresse, og at broen har strøm og er på nettet.",
        "Kontrollér firewalls derimellem.",
      ],
    },
    "cannot-open": {
      name: "Forbindelsen kan ikke åbnes",
      cause: "Systemet sagde hvorfor; det står ved det første lag.",
      remedies: ["Ret det, systemet klager over, og prøv igen."],
    },
    "hangs-up": {
      name: "Den anden side lægger på",
      cause:
        "Forbindelsen åbnes og slutter igen. De fleste broer betjener én klient ad gangen; en adapter, der genstarter, falder ud.",
      remedies: ["Afslut broens anden klient.", "Giv adapteren eller broen strøm nok, og se i dens egen log."],
    },
    silent: {
      name: "Måleren siger ingenting",
      cause:
        "Ikke en eneste byte kom. Netselskaber slukker porten, indtil nogen beder om den; eller måleren hører os ikke, eller dens enable-linje har ingen spænding.",
      remedies: [
        "Spørg netselskabet, om MEP-porten er åben, eller åbn den på netselskabets hjemmeside.",
        "Kontrollér, at send og modtag ikke er byttet om, og at stel er forbundet.",
        "Mål enable-linjen: måleren vil have 8 til 9 V eller mere.",
        "Kontrollér hastigheden på begge sider: målere begynder ved 9600 baud, og en bro har sin egen indstilling.",
        "Sidder der et læsehoved på den optiske port, så tag det af og vent nogle minutter.",
      ],
    },
    deaf: {
      name: "Måleren taler, men hører os ikke",
      cause:
        "Dens meldinger kommer frem, vores forespørgsler gør ikke: sendelinjen, niveauomsætteren eller enable-linjen svigter.",
      remedies: [
        "Kontrollér ledningen fra vores send til målerens modtag.",
        "Kontrollér niveauomsætteren: tre ledninger uden omsætter er ikke nok.",
        "Kontrollér enable-linjen.",
      ],
    },
    echo: {
      name: "Vores egne byte kommer tilbage",
      cause: "Send og modtag rører hinanden, eller en niveauomsætter kobler dem.",
      remedies: [
        "Led efter en forbindelse mellem de to linjer.",
        "Skift niveauomsætteren: falske MAX3232 gør dette.",
        "Slå broens ekko fra, hvis den har et.",
      ],
    },
    stuck: {
      name: "Modtagelinjen sidder fast",
      cause: "Den samme byte kommer igen og igen: linjens niveau bevæger sig ikke, som det skal.",
      remedies: [
        "Kontrollér, at modtag er forbundet til måleren og ikke til stel eller forsyning.",
        "Kontrollér, om niveauet er omvendt: nogle adaptere skal have det omvendt.",
      ],
    },
    "wrong-baud": {
      name: "Måleren bruger en anden hastighed",
      cause: "Nogen har ændret portens baudrate; den, som måleren svarer ved, står ved rammerne.",
      remedies: ["Skriv `?baud=` med den rate i forbindelsen."],
    },
    noise: {
      name: "Linjen støjer",
      cause:
        "Byte kommer beskadiget frem: en dårlig niveauomsætter, et langt eller uskærmet kabel eller en svag forsyning.",
      remedies: [
        "Gør kablet kortere, og hold det væk fra netspænding.",
        "Skift niveauomsætteren: falske MAX3232 sender byger af støj.",
        "Kontrollér stel mellem måler og adapter.",
      ],
    },
    sag: {
      name: "Svar afbrydes",
      cause:
        "Korte svar kommer igennem, længere slutter for tidligt: forsyningen eller enable-linjen giver efter, mens måleren sender.",
      remedies: [
        "Giv enable-linjen sin egen, stærkere forsyning; porten giver højst 1 W.",
        "Sæt en kondensator på 470 til 1000 µF ved adapteren, eller forsyn den over USB.",
        "Se, hvor svar blev afbrudt: er det altid ved omtrent samme længde, er det forsyningen.",
      ],
    },
    "slow-bridge": {
      name: "Broen er langsom",
      cause: "Svar kommer, men senere end en måler på et kabel giver dem.",
      remedies: [
        "Skriv `?delay=` med broens forsinkelse i forbindelsen, som i delay=500ms; `gap=1s`, hvis den venter midt i et svar.",
        "Slå det fra, som får broen til at vente: pakketider, Nagles algoritme, strømbesparelse i dens radio.",
      ],
    },
    "no-key": {
      name: "Der skal bruges en nøgle",
      cause: "Måleren svarer, men siger intet til nogen uden nøgle.",
      remedies: ["Bed netselskabet om målerens MEP Basic Key (MBK), og angiv den med --key."],
    },
    "wrong-key": {
      name: "Nøglen passer ikke",
      cause: "Måleren svarer og kender ingen sådan nøgle, hvordan den end læses.",
      remedies: [
        "Sammenlign den tegn for tegn med det, netselskabet sendte.",
        "Kontrollér, at det er denne målers nøgle: hver har sin egen.",
        "En nøgle til den optiske port er en anden og åbner ikke MEP-porten.",
      ],
    },
    "key-form": {
      name: "Nøglen passer i en anden form",
      cause: "Nøglens tekst kan læses på flere måder; måleren godtager en anden end den, den blev taget for.",
      remedies: ["Skriv nøglen i den form, der står ved laget „Nøgle“, med ascii: eller hex: foran."],
    },
    "tls-required": {
      name: "Porten vil have TLS",
      cause: "Den afviser RC4, som målere fra firmware 4.0 kan få besked på.",
      remedies: ["Brug --security tls eller auto, som selv finder ud af det."],
    },
    "no-tls": {
      name: "Porten taler ikke TLS",
      cause: "Målere før firmware 4.0 har det ikke, og på senere kan det være slået fra.",
      remedies: ["Brug --security rc4 eller auto, som selv finder ud af det."],
    },
    "tls-fails": {
      name: "TLS-håndtrykket mislykkes",
      cause: "Porten taler TLS, og håndtrykket bryder sammen af en anden grund end nøglen.",
      remedies: [
        "Undersøg linjen: et håndtryk har lange beskeder, som lider først.",
        "Optag det med --record, og vedlæg filen en fejlmelding.",
      ],
    },
    "other-client": {
      name: "En anden spørger den samme måler",
      cause: "Vores løbenumre er brugt, eller der kommer svar, vi ikke bad om: et andet program bruger porten.",
      remedies: [
        "Lad ét program tale med måleren, og lad andre bruge det, som det leverer.",
        "Led efter en gammel firmware eller en anden gateway på samme bro.",
      ],
    },
    paused: {
      name: "Måleren bliver tavs en tid",
      cause:
        "Den virkede, tav og kom tilbage eller gør det måske: på målere før firmware 4.0 tager et optisk læsehoved linjen; eller måleren startede forfra.",
      remedies: [
        "Vent: efter en optisk session vender porten tilbage, senest efter ti minutter.",
        "Sker det ofte, så se, hvem der læser måleren optisk, og på målerens egen forsyning.",
      ],
    },
    "loses-requests": {
      name: "Forespørgsler går tabt på vej til måleren",
      cause: "Det, måleren hører, svarer den på; en del af det, vi sender, når ikke frem.",
      remedies: [
        "Kontrollér sendelinjen, dens niveauomsætter og enable-linjen.",
        "På en bro: kontrollér dens radioforbindelse.",
      ],
    },
    "loses-replies": {
      name: "Svar går tabt på vej tilbage",
      cause: "Måleren udfører vores forespørgsler, som dens løbenumre viser, og en del af dens svar kommer ikke frem.",
      remedies: [
        "Kontrollér modtagelinjen og dens niveauomsætter.",
        "Kontrollér forsyningen: måleren sender med den strøm, porten giver.",
        "På en bro: kontrollér dens radioforbindelse og buffere.",
      ],
    },
    locked: {
      name: "Nøglen har ikke lov at læse værdierne",
      cause:
        "Nøglen godtages, og tabellerne med værdierne afvises: den har for få rettigheder, eller en hardwarelås er sat.",
      remedies: ["Spørg netselskabet, hvilke tabeller nøglen må læse, eller om en med flere rettigheder."],
    },
    "clock-off": {
      name: "Målerens ur går forkert",
      cause: "Forbindelsen er i orden; målerens tid afviger fra denne maskines.",
      remedies: [
        "Kontrollér først denne maskines ur.",
        "Sig det til netselskabet: belastningsprofil og tariffer følger målerens ur.",
      ],
    },
  },
};
