"""What people write before a security code and before an expiry date, in the languages support desks meet most.

Data only: alternatives of a regular expression. A `~` stands for nothing or one blank, underscore or hyphen.
"""

_DATES = (
    r"exp(?:iry|iration|ires?|iring|ir|d|dt|date)?|valid(?:~(?:thru|through|until|till|to|date))?|good~(?:thru|through|until)"
    r"|mm~/~yy(?:yy)?|gültig|gueltig|ablauf\w*|läuft~ab|verfall\w*"
    r"|v[áa]lid[ao]s?(?:~hasta)?|valable|vence|vencimiento|venc|caduc\w*|validade|val|validit[éy]|date~d['’]exp\w*"
    r"|scad\w*|geldig|verval\w*|ważn\w*|platn\w*|platí~do|utgång\w*|utgår|utløp\w*|udløb\w*|voimassa|viimeinen~käyttö\w*"
    r"|son~kullanma|skt|lejárat\w*|expir[ăa]\w*|λήξη\w*|lõpp\w*|hết~hạn|kadaluarsa|berlaku\w*"
    r"|срок|действ\w*|годна|термін|дійсна|有効期限|有效期|有效期限|到期|만료|유효기간|تاريخ|صالحة|תוקף|หมดอายุ"
)
_CODES = (
    r"cvv~2?|cvc~2?|cvn~2?|cvs|cvd|ccv|csc|cav2?|cid|card~verification(?:~(?:code|value|number|no\.?))?"
    r"|verification~(?:code|value|number|no)|(?:card~)?security~(?:code|number|no|value|digits?)"
    r"|sec(?:ur|ret)?\.?~code|sec\.?(?=[\s:#=])|(?:3|three|4|four)[\s-]digits?(?:~(?:code|number))?"
    r"|back~code|(?:code~(?:on|at|from)~(?:the~)?)?(?:back|front)(?:~side)?~of~(?:the|my)~card"
    r"|code~(?:on|at|from)~(?:the~)?(?:back|front)|(?:4~)?dbc"
    r"|pr[üu]f(?:ziffer|nummer|zahl)|karten?pr[üu]f\w*|sicherheits(?:code|nummer|zahl)"
    r"|c[óo]d(?:igo)?\.?(?:~(?:de~)?seg\w*|~(?:de~)?verifica\w*)?(?![^\W\d_])|crypto(?:gramme)?|code~(?:de~)?s[ée]curit[ée]"
    r"|codice~(?:di~)?sicurezza|beveiligingscode|veiligheidscode|kod~(?:cvv|cvc|zabezp\w*|bezp\w*)"
    r"|s[äa]kerhetskod|sikkerhedskode|sikkerhetskode|kontrol(?:kode|cifre)|turva(?:koodi|luku)|turvallisuuskoodi"
    r"|安全码|安全碼|验证码|校验码|セキュリティ(?:コ[ー\-]ド|番号)|код(?:~(?:безопасности|проверки|безпеки))?|보안~(?:코드|번호)"
    r"|güvenlik~kodu|رمز~(?:الأمان|التحقق)|קוד~אבטחה|κωδικός~ασφαλείας|mã~bảo~mật|kode~keamanan"
    r"|biztonsági~kód|bezpečnostn[íý]~kód|cod(?:ul)?~de~securitate|सुरक्षा~कोड|รหัสความปลอดภัย|pin(?:~code)?"
    r"|(?:\A[\s,;:(|/\-]{0,3}|(?<=[0-9]~)|(?<=[,;:(|]~)|(?<=[\n,;(|/])|(?<=my )|(?<=the )|(?<=and ))code"
)
DATE_LABELS = _DATES.replace("~", r"[\s_\-]?")
CODE_LABELS = _CODES.replace("]~)", "] )").replace("~", r"[\s_\-]?")

# One of these stands in every label, case-folded: the cheap question before the patterns.
STEMS = (
    "exp", "valid", "thru", "good", "mm/", "mm /", "gültig", "gueltig", "ablauf", "läuft", "verfall", "venc", "caduc",
    "valable", "val", "válid", "scad", "geldig", "verval", "ważn", "plat", "utgå", "utløp", "udløb", "voimassa",
    "viimeinen", "kullanma", "skt", "lejárat", "λήξη", "ληξη", "lõpp", "hạn", "kadaluarsa", "berlaku", "срок",
    "действ", "годна", "термін", "дійсна", "期", "유효", "만료", "تاريخ", "صالحة", "תוקף", "หมดอายุ",
    "cvv", "cvc", "cvn", "cvs", "cvd", "ccv", "csc", "cav", "cid", "verif", "secu", "secret", "sec", "digit", "code",
    "back", "front", "dbc", "cod", "cód",
    "prüf", "pruf", "sicherheit", "segur", "crypto", "sécur", "sicurezza", "beveilig", "veilig", "kod", "säkerhet",
    "sakerhet", "sikker", "kontrol", "turva", "安全", "验证", "校验", "セキュリティ", "код", "보안", "رمز", "אבטחה",
    "ασφαλείας", "bảo mật", "keamanan", "biztons", "bezpečn", "सुरक्षा", "ปลอดภัย", "pin",
)  # fmt: skip
