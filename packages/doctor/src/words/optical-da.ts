import type { OpticalWords } from "./vocabulary.ts";

export const opticalDa: OpticalWords = {
  checks: {
    identification: "Identifikation",
    negotiation: "Pakkestørrelse",
    logon: "Logon",
  },
  findings: {
    "other-supply": "måleren svarer med {setting} i forbindelsen",
    "stray-bytes": "{bytes} byte kom, før der var spurgt om noget",
    "foreign-words": "en måler svarer, som taler {protocol}",
    identified: "C12.18, version {version}",
    "identified-late":
      "C12.18, version {version}; først kom NAK ({nak} gange), volapyk ({rubbish}) eller 0x00 i stedet for ACK ({zero}), som målere og læsehoveder gør, når de vågner: det gentages, og der er intet at gøre",
    woken: "måleren svarer med {setting} i forbindelsen og ikke uden",
    "packets-short":
      "{short} af målerens {of} pakker sluttede før deres længde; de blev afvist og kom hele, da de blev gentaget",
    negotiated: "{size} byte pr. pakke, {packets} pakker pr. besked",
    "logged-on": "måleren godtager det",
    "service-refused": "måleren afviser det med koden {code}",
    "packets-graded":
      "karakter {grade}: {loss} % af {packets} pakker måtte gentages ({ours} af vores, {theirs} af målerens), {failed} forespørgsler mislykkedes; {median} ms frem og tilbage, højst {slowest} ms",
    "password-missing": "ingen er angivet; BT00, BT01 og ET03 er åbne for alle",
    "password-accepted": "godtaget, læst som {form}; det er {level}",
    "password-refused-once": "afvist, læst som {form}; den blev vist én gang og ikke i en anden form",
    "password-unanswered": "svaret på den gik tabt; læst som {form} blev den vist én gang og ikke igen",
    "read-only-rights": "alle undtagen {tables}, som for en læsenøgle: nok til værdier, ikke til belastningsprofilen",
    "open-tables-only": "dem, der er åbne for alle",
  },
  sicknesses: {
    "no-light": {
      name: "Der kommer ikke én byte fra måleren",
      cause:
        "Læsehovedet ser ikke måleren, eller måleren hører det ikke: hovedet sidder ved siden af vinduet eller er drejet, det har ingen strøm, eller porten er slukket eller hviler. Den hviler fem minutter efter en for lang session, hvor netselskabet har indstillet det sådan, og på nogle enheder otte sekunder, når tariffen skifter.",
      remedies: [
        "Sæt hovedet på målerens vindue, så magneten holder, med kablet nedad, og drej det en kvart omgang ad gangen.",
        "Vent fem minutter uden noget program på hovedet, og prøv igen.",
        "Kontrollér, at forbindelsen nævner hovedet og ikke en anden adapter: `meterport ports`.",
        "Tager hovedet sin strøm fra RTS eller DTR, så skriv `dtr=on` eller `enable=rts` i forbindelsen; docs/links.md har alle former.",
        "Spørg netselskabet, om den optiske port er slukket.",
      ],
    },
    "own-light": {
      name: "Læsehovedet ser kun sig selv",
      cause:
        "Vores egne byte kommer tilbage og intet svar: det, hovedet ligger på, kaster lyset tilbage, eller hovedet har ekko og sidder ikke på måleren.",
      remedies: [
        "Sæt hovedet på målerens vindue; på et bord eller i sin æske ser det sig selv.",
        "Drej det, så dets to øjne vender mod målerens.",
        "Rengør vinduet og hovedet.",
      ],
    },
    "stray-light": {
      name: "Læsehovedet ser lys, som ingen måler sendte",
      cause: "Der kommer byte, som ingen har spurgt efter: sollys, en lampe eller et hoved, der hænger i luften.",
      remedies: [
        "Sæt hovedet på målerens vindue, så det ligger fladt.",
        "Skyg for det: lamper, der flimrer, læses som byte.",
        "Ligger det fladt og mørkt, er hovedet selv i stykker, eller forbindelsen fører til en anden enhed.",
      ],
    },
    "loose-head": {
      name: "Læsehovedet ser måleren dårligt",
      cause:
        "Pakker kommer beskadiget frem eller slet ikke og må gentages: hovedet sidder lidt ved siden af, eller der kommer lys ind under det.",
      remedies: [
        "Flyt og drej hovedet, til `meterport doctor` giver en bedre karakter.",
        "Rengør vinduet og hovedet, og skyg for det.",
        "Prøv en lavere hastighed i begge ender, eller et kortere USB-kabel uden hub.",
      ],
    },
    "head-supply": {
      name: "Læsehovedet har ingen strøm, som forbindelsen er indstillet",
      cause: "Det tager sin strøm fra RTS eller DTR og virker med dem, som det står ved det første lag.",
      remedies: ["Skriv den indstilling i forbindelsen, efter et spørgsmålstegn eller et og-tegn."],
    },
    "head-sags": {
      name: "Lange svar afbrydes",
      cause:
        "Korte pakker kommer igennem, lange kommer ikke hele frem: hovedets forsyning giver efter, eller dets USB-adapter taber byte, når der kommer mange.",
      remedies: [
        "Sæt hovedet i en anden USB-port, uden hub.",
        "Tager det sin strøm fra RTS eller DTR, så brug et med egen forsyning.",
        "Bag en bro, der venter midt i et svar: skriv `gap=1s` i forbindelsen.",
      ],
    },
    asleep: {
      name: "Måleren skal vækkes",
      cause:
        "Den svarer kun, når der sendes fire byte 0x55 før sessionen, som nogle målere og læsehoveder vil have det.",
      remedies: ["Skriv `wake=4` i forbindelsen, efter et spørgsmålstegn eller et og-tegn."],
    },
    "short-packets": {
      name: "Måleren afkorter nogle af sine pakker",
      cause:
        "En pakke i ny og næ er kortere, end dens længde siger, selv om linjen er god. Nogle modeller gør det, andre bag det samme læsehoved gør det aldrig. Hver koster et halvt sekund: den afvises og gentages.",
      remedies: [
        "Der er intet at gøre: værdierne er hele, for hver pakke skal bevise sig.",
        "Er der mange, så giv hovedet sin egen strømforsyning eller en anden USB-port, og undersøg det igen.",
      ],
    },
    "other-meter": {
      name: "Dette er en anden slags måler",
      cause:
        "Der tales noget andet end C12.18 under hovedet; protokollen står ved identifikationen. NES-målere taler den ikke.",
      remedies: [
        "Kontrollér, at hovedet sidder på NES-måleren og ikke på den ved siden af.",
        "Gør det det, er denne måler ingen NES-måler, og der skal bruges et program til dens protokol.",
      ],
    },
    "no-session": {
      name: "Måleren vil ikke have en session",
      cause:
        "Den hører os og afviser, med koden, der står ved trinnet: porten er slukket eller optaget, eller fra firmware 4.0 kræver den TLS, som der ikke er beskrevet nogen vej til gennem denne port.",
      remedies: [
        "Vent et minut, og prøv igen: en måler, der starter eller skifter tarif, er optaget.",
        "Spørg netselskabet, om den optiske port er åben, og om den kræver TLS.",
        "Læs måleren gennem dens MEP-port.",
      ],
    },
    interrupted: {
      name: "Måleren tav en tid",
      cause:
        "Den svarede, sagde intet i nogle sekunder og kom tilbage eller gør det måske: en tarif skiftede, hvilket låser nogle enheders port i otte sekunder; en session var for lang; eller hovedet blev flyttet.",
      remedies: [
        "Undersøg den en gang til: tier den igen uden grund, sidder hovedet løst.",
        "Afslut andre programmer, der holder en session på denne port: efter ti minutter kan måleren afslutte den og hvile i fem.",
      ],
    },
    "no-password": {
      name: "Der skal bruges en nøgle til værdier",
      cause: "Hovedet er i orden, og måleren svarer; uden nøgle viser den, hvad den er, og ikke mere.",
      remedies: ["Bed netselskabet om læsenøglen (RK) til den optiske port, og angiv den med --key."],
    },
    "password-refused": {
      name: "Måleren afviser nøglen",
      cause:
        "Linjen er i orden, og nøglen er ingen af dem, der hører til denne målers optiske port. Den blev vist én gang og ikke i andre former, for forkerte udløser en alarm og låser fra firmware 4.30 porten en tid; mens den er låst, afvises også den rigtige.",
      remedies: [
        "Sammenlign den tegn for tegn med det, netselskabet sendte, og med, hvordan den blev læst, som står ved nøglen; `ascii:` eller `hex:` foran siger det.",
        "MEP-portens nøgler (MBK, MAK) åbner ikke denne: den skal bruge MK, PK eller RK.",
        "En provisioning key kan være slået fra i måleren: spørg netselskabet.",
        "Vent et kvarter, før du prøver en anden.",
      ],
    },
    "password-unheard": {
      name: "Ingen ved, om nøglen passer",
      cause: "Målerens svar på nøglen gik tabt. Den vises ikke en gang til, for en forkert udløser en alarm.",
      remedies: ["Få hovedet til at sidde bedre, og undersøg den igen."],
    },
  },
};
