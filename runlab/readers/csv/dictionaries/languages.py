"""Sport words of many languages, as platforms print them in exports and titles (casefolded, blanks for _ and -)."""

_WORDS = {
    ("running", ""): (
        "laufen|lauf|dauerlauf|joggen|course à pied|course a pied|course|carrera|correr|footing|corsa|hardlopen|"
        "hardloop|loop|corrida|bieganie|bieg|löpning|löprunda|løping|løb|løbetur|løpetur|juoksu|juoksulenkki|běh|"
        "běhání|beh|futás|koşu|koşma|alergare|τρέξιμο|бег|біг|пробежка|бягане|trčanje|tek|jooks|bėgimas|"
        "skriešana|ランニング|ラン|ジョギング|跑步|跑|户外跑步|户外跑|戶外跑步|路跑|慢跑|달리기|러닝|조깅|วิ่ง|"
        "chạy bộ|chạy|lari|berlari|ריצה|جري|الجري|दौड़ना"
    ),
    ("running", "trail"): (
        "trailrunning|geländelauf|traillauf|course de trail|trail running|carrera de montaña|carrera por montaña|"
        "corsa trail|corsa in montagna|trailrun|trilha|corrida em trilha|bieg terenowy|bieganie terenowe|"
        "biegi górskie|terränglöpning|traillöpning|terrengløping|terrængløb|polkujuoksu|terénní běh|běh terénem|"
        "terepfutás|patika koşusu|трейлраннинг|トレイルランニング|トレイルラン|トレラン|越野跑|越野跑步|"
        "트레일 러닝|트레일러닝"
    ),
    ("running", "treadmill"): (
        "laufband|laufbandtraining|laufband lauf|tapis de course|course sur tapis|tapis roulant|cinta de correr|"
        "carrera en cinta|correr en cinta|loopband|hardlopen op loopband|esteira|corrida em esteira|passadeira|"
        "bieżnia|bieganie na bieżni|bieg na bieżni|löpband|löpning på löpband|tredemølle|tredemølleløping|"
        "løbebånd|løb på løbebånd|juoksumatto|juoksu juoksumatolla|běžecký pás|běh na páse|futópad|koşu bandı|"
        "беговая дорожка|トレッドミル|トレッドミルランニング|ランニングマシン|跑步机|跑步機|室内跑步|室内跑|"
        "室內跑步|트레드밀|러닝머신|실내 러닝"
    ),
    ("running", "track"): (
        "bahnlauf|bahntraining|course sur piste|carrera en pista|corsa su pista|baanlopen|corrida em pista|"
        "bieg na bieżni lekkoatletycznej|banlöpning|baneløping|baneløb|ratajuoksu|běh na dráze|pálya futás|"
        "pist koşusu|トラックランニング|田径场跑步|操场跑步|场地跑|트랙 러닝"
    ),
    ("walking", ""): (
        "gehen|spaziergang|spazieren|marche|caminar|caminata|paseo|camminata|camminare|wandelen|wandeling|"
        "caminhada|spacer|chodzenie|promenad|gång|gåtur|gange|kävely|chůze|gyaloglás|séta|yürüyüş|ходьба|"
        "ウォーキング|散歩|步行|健走|散步|走路|걷기|산책"
    ),
    ("hiking", ""): (
        "wandern|wanderung|randonnée|senderismo|excursión|escursionismo|escursione|hike|bergwandelen|trilhas|"
        "wędrówka|turystyka piesza|vandring|fottur|vandretur|vaellus|patikointi|turistika|túra|túrázás|"
        "doğa yürüyüşü|поход|ハイキング|登山|徒步|远足|爬山|등산|하이킹"
    ),
    ("cycling", ""): (
        "radfahren|rennrad|radfahrt|vélo|cyclisme|sortie vélo|ciclismo|bicicleta|vuelta en bici|bici|fietsen|"
        "fietsrit|pedalada|rower|jazda na rowerze|kolarstwo|cykling|cykeltur|sykling|sykkeltur|pyöräily|"
        "cyklistika|jízda na kole|kolo|kerékpározás|bisiklet|велоспорт|велосипед|サイクリング|ライド|骑行|騎行|"
        "骑车|户外骑行|사이클링|자전거"
    ),
    ("swimming", ""): (
        "schwimmen|natation|nager|natación|nuoto|zwemmen|natação|pływanie|simning|svømming|svømning|uinti|"
        "plavání|úszás|yüzme|плавание|スイミング|水泳|スイム|游泳|수영"
    ),
    ("strength", ""): (
        "krafttraining|kraft|musculation|renforcement musculaire|fuerza|entrenamiento de fuerza|pesi|"
        "allenamento con i pesi|krachttraining|musculação|treino de força|trening siłowy|siłownia|styrketräning|"
        "styrketrening|styrketræning|voimaharjoittelu|kuntosali|posilování|silový trénink|erőedzés|"
        "ağırlık antrenmanı|силовая тренировка|筋トレ|ウェイトトレーニング|力量训练|肌力训练|근력 운동|"
        "웨이트 트레이닝"
    ),
}

SPORTS_ABROAD: dict[str, tuple[str, str]] = {
    word: meaning for meaning, words in _WORDS.items() for word in words.split("|")
}
