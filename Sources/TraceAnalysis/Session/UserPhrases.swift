/// What users say when they object, refer back or set a rule, by language. Words are a hint only: what can be told without
/// them (the same question again, another value beside the answer's, an answer to something else) is told in any language.
///
/// All in lower case, with plain apostrophes. Words that are parts of others are written with the blank behind them.
enum UserPhrases {
  private struct Language {
    var complaints: [String]
    var backwards: [String]
    var rules: [String]
  }

  /// What says that an answer was wrong.
  static let complaints = ByteSearch(all.flatMap(\.complaints))
  /// What refers to something said before.
  static let backwards = ByteSearch(all.flatMap(\.backwards))
  /// What is to hold from then on.
  static let rules = ByteSearch(all.flatMap(\.rules))

  private static let all = [
    english, german, spanish, french, portuguese, italian, russian, chinese, japanese, korean,
  ]

  private static let english = Language(
    complaints: [
      "that's wrong", "that is wrong", "thats wrong", "that's not", "that is not", "that isn't", "this is wrong",
      "not what i", "incorrect", "that can't be", "that cannot be", "you said", "you told me", "i meant", "i said ",
      "i already told", "i asked", "as i said", "still not", "still wrong", "still doesn", "doesn't work",
      "didn't work",
      "does not work", "are you sure", "you made a mistake", "your mistake", "wrong answer", "you got it wrong",
      "you got that wrong", "you misunderstood", "actually, no", "that doesn't", "contradict",
    ],
    backwards: [
      "as i said", "i told you", "i already", "i mentioned", "like i said", "you said", "you told me", "we discussed",
      "we talked about", "as before", "from before", "same as last time", "remember when", "do you remember",
      "earlier you", "earlier i",
    ],
    rules: [
      "always ", "never ", "from now on", "keep in mind", "remember that", "please remember", "for the rest of",
      "allergic", "vegan", "vegetarian", "my budget", "at most ", "no more than", "in all your", "every answer",
      "under no circumstances", "don't ever", "do not ever", "make sure you",
    ])

  private static let german = Language(
    complaints: [
      "das stimmt nicht", "stimmt so nicht", "das ist falsch", "ist nicht richtig", "nicht korrekt", "du hast gesagt",
      "sie sagten", "sie haben gesagt", "sie hatten gesagt", "du hattest gesagt", "das meinte ich nicht",
      "ich meinte", "ich habe gefragt", "immer noch nicht", "funktioniert nicht", "bist du sicher", "sind sie sicher",
      "das kann nicht sein", "falsch verstanden", "widerspr",
    ],
    backwards: [
      "wie gesagt", "wie ich sagte", "ich habe dir gesagt", "ich sagte bereits", "hatte ich erwähnt",
      "wie besprochen", "du hast gesagt", "sie sagten", "wie vorhin", "wie eben", "erinnerst du",
    ],
    rules: [
      "ab jetzt", "von nun an", "ab sofort", "merk dir", "denk daran", "denken sie daran", "in jeder antwort",
      "höchstens ", "nicht mehr als", "allergisch", "vegetarisch", "mein budget", "auf keinen fall",
    ])

  private static let spanish = Language(
    complaints: [
      "no es correcto", "es incorrecto", "está mal", "eso no es", "no es lo que", "me dijiste", "me dijo que",
      "usted dijo", "dijiste que", "quise decir", "quería decir", "ya te dije", "ya le dije", "pregunté", "sigue sin",
      "no funciona", "estás seguro", "está seguro", "te equivoca", "se equivoca", "eso no puede ser",
    ],
    backwards: ["como dije", "como te dije", "ya te dije", "ya le dije", "me dijiste", "como antes", "recuerdas"],
    rules: [
      "a partir de ahora", "de ahora en adelante", "recuerda que", "recuerde que", "ten en cuenta", "en todas tus",
      "como máximo", "no más de", "soy alérgic", "vegetarian", "mi presupuesto", "bajo ninguna circunstancia",
    ])

  private static let french = Language(
    complaints: [
      "c'est faux", "n'est pas correct", "vous avez dit", "tu as dit", "tu m'as dit",
      "vous m'avez dit", "je voulais dire", "j'ai demandé", "toujours pas", "ne marche pas", "ne fonctionne pas",
      "es-tu sûr", "êtes-vous sûr", "vous vous trompez", "tu te trompes",
    ],
    backwards: ["comme je l'ai dit", "je t'ai dit", "je vous ai dit", "comme avant", "tu te souviens"],
    rules: [
      "à partir de maintenant", "désormais", "dorénavant", "n'oublie pas", "n'oubliez pas", "au maximum", "pas plus de",
      "allergique", "végétarien", "mon budget", "en aucun cas",
    ])

  private static let portuguese = Language(
    complaints: [
      "está errado", "isso não é", "não é isso", "não está correto", "você disse", "você me disse", "eu quis dizer",
      "eu perguntei", "não funciona", "tem certeza", "você se enganou",
    ],
    backwards: ["como eu disse", "eu já disse", "você disse", "como antes", "lembra"],
    rules: [
      "a partir de agora", "de agora em diante", "lembre-se", "no máximo", "não mais que", "sou alérgic",
      "meu orçamento",
      "em hipótese alguma",
    ])

  private static let italian = Language(
    complaints: [
      "non è corretto", "è sbagliato", "non è quello", "hai detto", "mi hai detto", "ha detto che", "intendevo",
      "ho chiesto", "non funziona", "sei sicuro", "è sicuro", "ti sbagli", "si sbaglia",
    ],
    backwards: ["come ho detto", "te l'ho detto", "ho già detto", "come prima", "ti ricordi"],
    rules: [
      "d'ora in poi", "da adesso in poi", "ricorda che", "ricordati", "al massimo", "non più di", "sono allergic",
      "il mio budget", "in nessun caso",
    ])

  private static let russian = Language(
    complaints: [
      "это неверно", "это неправильно", "не то, что", "вы сказали", "ты сказал", "вы говорили",
      "я имел в виду", "я имела в виду", "я спрашивал", "всё ещё не", "все еще не", "не работает", "вы уверены",
      "ты уверен", "вы ошиб", "ты ошиб",
    ],
    backwards: ["как я сказал", "как я говорил", "я уже говорил", "я уже сказал", "как раньше", "помнишь", "помните"],
    rules: [
      "отныне", "с этого момента", "запомни", "имей в виду", "не больше", "аллергия", "мой бюджет", "ни в коем случае",
    ])

  private static let chinese = Language(
    complaints: [
      "不对", "不正确", "错了", "不是这样", "你说的是", "你刚才说", "您刚才说", "你之前说", "您之前说", "我的意思是", "我问的是", "还是不", "你确定", "您确定",
      "自相矛盾",
    ],
    backwards: ["我说过", "我刚才说", "我告诉过你", "你说过", "之前说过", "和之前一样", "还记得"],
    rules: ["从现在开始", "从现在起", "以后都", "请记住", "务必", "最多不超过", "不要超过", "过敏", "我的预算", "绝对不要"])

  private static let japanese = Language(
    complaints: [
      "違います", "違うと思", "間違って", "間違いで", "そうではな", "そうじゃな", "と言いました", "とおっしゃい", "という意味", "と聞きました", "と聞いたの", "まだ動",
      "動きません", "本当ですか", "確かですか", "矛盾",
    ],
    backwards: ["さっき言った", "先ほど言った", "先ほどお伝え", "前に言った", "以前お伝え", "覚えていますか", "前と同じ"],
    rules: ["これからは", "今後は", "覚えておいて", "必ず", "以内で", "アレルギー", "予算は", "絶対に"])

  private static let korean = Language(
    complaints: [
      "틀렸", "아닙니다", "아니에요", "그게 아니", "라고 했", "라고 하셨", "제 말은", "물어본 것은", "아직도 안", "작동하지 않", "확실합니까", "확실해요",
    ],
    backwards: ["말씀드렸", "아까 말", "전에 말", "기억하", "이전과 같"],
    rules: ["지금부터", "앞으로는", "기억해", "반드시", "최대 ", "알레르기", "예산은", "절대로"])
}
