"""Words near a number that say what it is, in the languages support desks meet most. Data only."""

# Parts of words: any word that contains one speaks for a card. Case-folded, as `normalise` leaves them (ー is a dash).
CARD_STEMS = (
    "card", "karte", "tarjeta", "cartão", "cartao", "kaart", "kredit", "credit", "crédit", "crédito", "debit",
    "débit", "visa", "master", "maestro", "amex", "american express", "discover", "diners", "unionpay", "rupay",
    "hipercard", "verve", "cvv", "cvc", "kortnummer", "kortnr", "kortti", "kárty", "kartım", "kreditn",
    "karty", "kartę", "kartą", "carta di", "carta n",
    "expir", "карт", "カ-ド", "クレジット", "信用卡", "银行卡", "銀行卡", "卡号", "卡號", "借记卡", "银联", "카드",
    "بطاق", "כרטיס", "कार्ड", "κάρτα", "καρτα", "บัตร", "thẻ",
)  # fmt: skip
# Such words speak of paying; a card is likely, not certain.
PAYMENT_STEMS = (
    "pay", "paid", "bezahl", "zahlung", "abbuch", "belast", "paiement", "prélev", "pago", "cobr", "charge", "billing",
    "refund", "rembours", "reembols", "erstatt", "checkout", "betaal", "płat", "platb", "pagament", "оплат", "списа",
    "支付", "支払",
)  # fmt: skip
# Whole words.
CARD_WORDS = frozenset(
    "cc ccn ccnum pan mc carte cartes carta carte kort kortet kart kartı kartim kartu karta kortti "
    "kártya cb kk mir мир elo jcb troy dankort exp csc cid primary".split()
)

# The label right before a number says that it is something else.
OTHER_WORDS = frozenset(
    "order orders ord tracking track trk parcel shipment consignment waybill awb package delivery invoice "
    "inv ref reference confirmation booking reservation ticket case sku upc ean gtin isbn issn barcode "
    "imei imeisv iccid imsi meid esn serial sn id ids uid uuid guid transaction txn trx trans transfer "
    "timestamp ts epoch unix iban bic swift routing vat tax tin ein ssn license licence registration key "
    "token hash checksum digest session request trace span article product item part model asset device "
    "tag badge employee student patient policy claim contract meter mandate batch lot voucher coupon po "
    "rma build version revision commit job process pid receipt fedex ups dhl usps hermes dpd gls "
    "bestell auftrags rechnungs kunden vertrags artikel sendungs paket seriennr objednávka objednávky rendelés "
    "comanda comandă παραγγελία παραγγελίας beställning ordre ordrenummer bestilling tilaus замовлення sipariş kargo "
    "takip طلب الطلب الشحنة הזמנה pesanan resi ऑर्डर คำสั่งซื้อ "
    "bestellung bestellnummer bestellnr auftrag auftragsnummer auftragsnr rechnung rechnungsnummer "
    "rechnungsnr sendung sendungsnummer sendungsnr paketnummer kundennummer kundennr vertragsnummer "
    "seriennummer vorgang vorgangsnummer referenz referenznummer buchungsnummer aktenzeichen "
    "artikelnummer commande suivi colis facture référence réf dossier série pedido seguimiento envío "
    "envio paquete factura referencia guía guia serie ordine spedizione tracciamento fattura riferimento "
    "pratica encomenda rastreio fatura referência bestelling bestelnummer zending factuur factuurnummer "
    "klantnummer referentie ordernummer fakturanummer zamówienie zamówienia przesyłka przesyłki faktura "
    "faktury заказ заказа заказу трек накладная накладной счет счёт договор 注文 注文番号 追跡 "
    "追跡番号 伝票番号 订单 订单号 "
    "运单号 快递单号 单号 编号 주문 주문번호 운송장 loyalty membership "
    # Carriers.
    "post evri yodel ontrac purolator canpar aramex tnt postnl bpost posti posten correos colissimo chronopost "
    "inpost packeta seur brt poste ems cainiao yunexpress sf vinted sendcloud "
    # Registers of companies, people and accounts.
    "siret siren cnpj cpf nir kvk btw cvr ogrn inn kpp snils nip regon krs pesel rfc curp clabe cbu cvu nif nie dni "
    "cif abn acn gstin aadhaar steuernummer ahv bsn personnummer hetu oib jmbg egn bvn nuban инн огрн снилс сч "
    "身份证 账号 帳號 口座番号 계좌번호 hesap konto kontonummer kto compte cuenta rekening rachunek účet "
    "számlaszám".split()
)
# One of these anywhere in its sentence makes a number without groups doubtful.
DISTANT_WORDS = frozenset(
    "order orders tracking parcel shipment consignment waybill awb package invoice barcode imei iccid "
    "serial sku ean isbn iban bestellung bestellnummer auftrag auftragsnummer sendung sendungsnummer "
    "paket rechnung rechnungsnummer seriennummer commande suivi colis facture pedido seguimiento paquete "
    "factura envío ordine spedizione fattura encomenda rastreio bestelling zending zamówienie zamówienia "
    "przesyłka przesyłki заказ заказа накладная 注文番号 追跡番号 伝票番号 订单 订单号 运单号 "
    "快递单号 주문번호 운송장".split()
)
# Labels of numbers with at most fifteen digits (ITU-T E.164).
PHONE_WORDS = frozenset(
    "phone tel telephone mobile cell fax call whatsapp sms telefon telefonnummer handy téléphone portable "
    "teléfono telefono móvil movil cellulare telefonu телефон 電話 电话 手机".split()
)
# Labels only together with a word for number: alone they name who is speaking.
PEOPLE_WORDS = frozenset(("customer", "member", "client", "user"))
# Such a card is none that pays.
OTHER_CARDS = frozenset(
    "loyalty membership member library sim memory sd graphics id identity insurance health bonus "
    "gift points reward rewards student aadhaar ration voter business punch time score report green".split()
)
# Between a label and its number.
NUMBER_WORDS = frozenset(
    "number numbers num no nr nº n nbr code nummer numéro numero número núm numer номер # № 番号 号".split()
)
FILLERS = NUMBER_WORDS | frozenset(
    "is was are the my our your a of s ist lautet est es é è er jest value following below here as "
    "under with by for to".split()
)
# After three digits that are an amount or an address and no code.
UNITS = frozenset(
    "usd eur gbp chf jpy cad aud inr brl mxn pln sek nok dkk dollars dollar euros euro pounds pound "
    "bucks rupees yen percent units unit items item days day hours hour minutes min months month "
    "years year times x st street ave avenue road rd main blvd lane people seats users mb gb kb ms am "
    "pm".split()
)
# Identifiers of payment processors and the like, before an underscore.
ID_PREFIXES = frozenset(
    "pi ch cus sub in re txn evt acct req price prod seti src tok pm ba il si ii cs po tr py pyr dp "
    "file we ord order user usr id ref inv".split()
)
# Tags that say nothing about their content; the name of any other is a label.
HTML_TAGS = frozenset(
    "a abbr address article aside b bdi bdo blockquote body br button center code col colgroup data "
    "dd del details dfn div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 "
    "head header hr html i img input ins kbd label legend li main mark meta nav o:p ol option output "
    "p picture pre q redact s samp section select small span strike strong style sub summary sup "
    "table tbody td textarea tfoot th thead time title tr tt u ul var wbr".split()
)
